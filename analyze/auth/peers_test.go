package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"reportascam/analyze"
	"reportascam/analyze/dns/dnstest"
	"reportascam/analyze/eml"
)

// The other verifiers read a list of files and print, a line each, what they
// find of the signature of bank.example, which is the topmost: pass or fail,
// and why. All ask one DNS: zone.json, where names that are not there do not
// exist.
const (
	mailauthPeer = `
const fs = require('fs'), { dkimVerify } = require(process.env.MAILAUTH_DIR + '/node_modules/mailauth/lib/dkim/verify');
const zone = JSON.parse(fs.readFileSync('zone.json'));
const resolver = async name => {
  if (zone[name]) return [[zone[name]]];
  throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
};
(async () => {
  for (const file of fs.readdirSync('.').filter(f => f.endsWith('.eml'))) {
    const all = await dkimVerify(fs.readFileSync(file), { resolver, minBitLength: 1024, curTime: new Date('2026-01-02') });
    const r = all.results.find(r => r.signingDomain === 'bank.example') || { status: { result: 'none' } };
    console.log(file, r.status.result === 'pass' ? 'pass' : 'fail', r.status.result, r.status.comment || '');
  }
})();`

	dkimpyPeer = `
import dkim, glob, json
zone = json.load(open('zone.json'))
def txt(name, timeout=5):
    return zone.get(name.decode().rstrip('.'), '').encode()
for file in glob.glob('*.eml'):
    try:
        good, why = dkim.verify(open(file, 'rb').read(), dnsfunc=txt), ''
    except Exception as e:
        good, why = False, repr(e)
    print(file, 'pass' if good else 'fail', why.replace('\n', ' '))`
)

// opendkimConf makes opendkim verify files (-t), with the same DNS.
const opendkimConf = "Mode v\nTestDNSData file:keys\nSyslog no\nMinimumKeyBits 1024\nSocket local:none\n"

// peer is another verifier. It gives lines as above for the files in a folder.
type peer struct {
	name string
	run  func(t *testing.T, dir string, files []string) string
}

func runIn(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		t.Fatalf("%s: %v\n%s", name, err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// runOpenDKIM writes opendkim's words in the form of the others. It ends at the
// first message that it does not judge, and is started again behind that.
func runOpenDKIM(t *testing.T, dir string, files []string) string {
	said := regexp.MustCompile(`(?m)^opendkim: ([0-9]+\.eml): verification \(.*\) (succeeded|failed.*)$`)
	var out strings.Builder
	for len(files) > 0 {
		cmd := exec.CommandContext(t.Context(), "/usr/sbin/opendkim", "-x", "opendkim.conf", "-t", strings.Join(files, ","))
		cmd.Dir = dir
		text, err := cmd.CombinedOutput()
		if _, exit := errors.AsType[*exec.ExitError](err); err != nil && !exit {
			t.Fatal(err)
		}
		judged := 0
		for _, m := range said.FindAllStringSubmatch(string(text), -1) {
			fmt.Fprintf(&out, "%s %s %s\n", m[1], map[bool]string{true: "pass", false: "fail"}[m[2] == "succeeded"], m[2])
			judged = slices.Index(files, m[1]) + 1
		}
		files = files[min(judged+1, len(files)):]
	}
	return out.String()
}

// peers gives the other verifiers that are installed. In CI all must be.
func peers(t *testing.T) (out []peer) {
	t.Helper()
	const all, python = 3, "/usr/bin/python3" // Debian's, which has Debian's modules
	if os.Getenv("MAILAUTH_DIR") != "" {
		out = append(out, peer{"mailauth", func(t *testing.T, dir string, _ []string) string {
			return runIn(t, dir, "node", "-e", mailauthPeer)
		}})
	}
	if exec.Command(python, "-c", "import dkim").Run() == nil {
		out = append(out, peer{"dkimpy", func(t *testing.T, dir string, _ []string) string {
			return runIn(t, dir, python, "-c", dkimpyPeer)
		}})
	}
	if _, err := exec.LookPath("/usr/sbin/opendkim"); err == nil {
		out = append(out, peer{"opendkim", runOpenDKIM})
	}
	const need = "mailauth (npm, its folder in MAILAUTH_DIR), python3-dkim and opendkim (Debian)"
	switch {
	case os.Getenv("CI") == "true" && len(out) < all:
		t.Fatalf("%d installed of %s", len(out), need)
	case len(out) == 0:
		t.Skip("none installed of " + need)
	}
	return out
}

// maxPeerMail is the largest message compared, so that this takes seconds.
const maxPeerMail = 100_000

// signedCorpus gives the labelled messages that carry a signature, as they go
// over the wire.
func signedCorpus(t *testing.T) (out [][]byte) {
	t.Helper()
	root := filepath.Dir(suitePath(t))
	err := filepath.WalkDir(filepath.Join(root, "corpora"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		h, _, _ := eml.ParseHeader(raw)
		if len(raw) <= maxPeerMail && h.Has("DKIM-Signature") {
			out = append(out, []byte(strings.ReplaceAll(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n", "\r\n")))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// resign puts a signature of ours on top, with the canonicalisation and the
// list of fields of the one that a message has: its own key is not to be had.
func resign(t *testing.T, raw []byte) string {
	h, _, _ := eml.ParseHeader(raw)
	c, fields := "relaxed/relaxed", "from:subject"
	if tags, err := parseTags(fieldValue(h, fieldIndex(h)["dkim-signature"][0])); err == nil {
		if v, ok := tags.get("c"); ok {
			c = dropFWS(v)
		}
		if v, ok := tags.get("h"); ok && slices.Contains(splitColons(lowerASCII(v)), "from") {
			fields = dropFWS(v)
		}
	}
	return signer{key: testKeys().rsa, length: -1, tags: "v=1; d=bank.example; s=s1; c=" + c, h: fields}.sign(t, string(raw))
}

// otherwise tells why another verifier may differ from us, by the standard, or
// gives "".
//
//   - dkimpy refuses a signature that covers fewer From fields than there are.
//     RFC 6376 section 5.4.2 verifies the last one, section 8.15 leaves it to
//     the verifier what to do of the others: for us the signature holds, with
//     its gap named, and a message with several From has no author who could
//     be proven.
//
// opendkim 2.11.0 does not judge what is out of form (RFC 6376 section 3.8): a
// From without a domain, a line that is no field. A forged or broken From is just
// what is reported to us, so that we do, and the fault of the From is told. Of
// what it judges it differs in nothing; nor does mailauth 4.13.3.
func otherwise(peer string, us analyze.AuthResult) string {
	if peer == "dkimpy" && us.Result == analyze.ResultPass && strings.Contains(us.Gap, "From fields are not signed") {
		return "RFC 6376 sections 5.4.2 and 8.15"
	}
	return ""
}

// TestPeers: on every labelled message with a signature, signed anew and then
// sent on as it is or tampered with, we and the other verifiers agree, or the
// difference is explained.
func TestPeers(t *testing.T) {
	others, corpus := peers(t), signedCorpus(t)
	if len(corpus) < 1000 {
		t.Fatalf("only %d messages", len(corpus))
	}
	dir, record := t.TempDir(), keyRecord(t, testKeys().rsa)
	const name = "s1._domainkey.bank.example"
	b, err := json.Marshal(map[string]string{name: record})
	if err != nil {
		t.Fatal(err)
	}
	write := func(file string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("zone.json", b)
	write("keys", []byte(name+" "+record+"\n"))
	write("opendkim.conf", []byte(opendkimConf))
	ours, passed := make(map[string]analyze.AuthResult), 0
	for i, raw := range corpus {
		msg := resign(t, raw)
		switch i % 4 {
		case 1:
			msg += "added\r\n"
		case 2:
			msg = strings.Replace(msg, "\r\nFrom:", "\r\nFrom: x", 1)
		case 3:
			msg = strings.Replace(msg, "\r\n\r\n", "\r\n\r\n \r\nadded\r\n", 1)
		}
		file := fmt.Sprintf("%04d.eml", i)
		ours[file] = dkimRun(t, dnstest.Zone{"TXT " + name: {record}}, []byte(msg))[0].AuthResult
		if ours[file].Result == analyze.ResultPass {
			passed++
		}
		write(file, []byte(msg))
	}
	t.Logf("%d messages, of which %d pass", len(ours), passed)
	for _, p := range others {
		t.Run(p.name, func(t *testing.T) { comparePeer(t, p, dir, ours) })
	}
}

func comparePeer(t *testing.T, p peer, dir string, ours map[string]analyze.AuthResult) {
	out := p.run(t, dir, slices.Sorted(maps.Keys(ours)))
	alike, explained, seen := 0, make(map[string]int), make(map[string]bool)
	for line := range strings.Lines(out) {
		file, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		word, _, _ := strings.Cut(rest, " ")
		us, ok := ours[file]
		if !ok {
			t.Fatalf("%s says %q", p.name, line)
		}
		seen[file] = true
		switch why := otherwise(p.name, us); {
		case (us.Result == analyze.ResultPass) == (word == "pass"):
			alike++
		case why != "":
			explained[why]++
		default:
			t.Errorf("%s: we find %s %q, %s %s", file, us.Result, us.Reason, p.name, rest)
		}
	}
	if left := len(ours) - len(seen); left > 0 && (p.name != "opendkim" || left > len(ours)/10) {
		t.Errorf("%s judged %d messages of %d", p.name, len(seen), len(ours))
	}
	t.Logf("%d of %d alike, %d not judged by it; otherwise: %v", alike, len(ours), len(ours)-len(seen), explained)
}
