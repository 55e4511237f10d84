// Checks the HTML files of a folder: node check.mjs FOLDER [SHOTS]
// html-validate says whether they are well formed, axe-core in Chromium whether they can be read by
// everybody, at three widths, by day and by night, and Chromium itself whether anything is wider than the
// screen or was asked of the network. Prints one line a fault and exits 1; with SHOTS, keeps pictures there.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { HtmlValidate } from 'html-validate'
import { chromium } from 'playwright-core'

const [folder, shots] = process.argv.slice(2)
const widths = [360, 600, 1000]
const files = readdirSync(folder).filter(f => f.endsWith('.html')).sort()
const faults = []
const fault = (file, what) => faults.push(`${file}: ${what}`)

// Mail programs drop style sheets, so that styles stand in the elements.
const validator = new HtmlValidate({ extends: ['html-validate:recommended', 'html-validate:a11y'], rules: { 'no-inline-style': 'off' } })
for (const file of files) {
  const report = await validator.validateFile(join(folder, file))
  for (const r of report.results) for (const m of r.messages) fault(file, `${m.line}:${m.column} ${m.ruleId}: ${m.message}`)
}

// Every answer in English, and in every other language the one that has most in it, goes to the browser.
const pages = files.filter(f => f.startsWith('en-') || f.endsWith('-several.html'))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const profile = mkdtempSync(join(tmpdir(), 'chromium-'))
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
try {
  const page = await browser.newPage()
  page.on('request', r => { if (!r.url().startsWith('file:')) fault('network', r.url()) })
  for (const file of pages) {
    await page.goto('file://' + resolve(folder, file))
    await page.evaluate(axe)
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme })
      for (const width of widths) {
        await page.setViewportSize({ width, height: 800 })
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        if (wide > 0) fault(file, `${wide} px too wide at ${width}, ${colorScheme}`)
        if (shots) await page.screenshot({ path: join(shots, `${file.replace('.html', '')}-${width}-${colorScheme}.png`), fullPage: true })
        // The layout has no break points, and the colours are the same in every language: what axe sees too.
        if (width !== widths[0] || colorScheme === 'dark' && !file.startsWith('en-')) continue
        const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
        for (const v of violations) fault(file, `${colorScheme}: ${v.id}: ${v.help}: ${v.nodes[0].html}`)
      }
    }
  }
} finally {
  await browser.close()
  rmSync(profile, { recursive: true, force: true })
}
for (const f of faults) console.log(f)
console.log(`${files.length} pages, ${pages.length} of them in the browser, ${faults.length} faults`)
process.exit(faults.length || !pages.length ? 1 : 0)
