package wrap

import (
	"fmt"
	"html"
	"strings"
)

// gmail quotes as Gmail on the web does.
func (q *quote) gmail() (text, rich string) {
	const mark = "---------- Forwarded message ---------"
	var t, h strings.Builder
	t.WriteString(mark + "\n")
	h.WriteString(`<div dir="ltr"><br><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">` + mark + "<br>")
	for _, r := range q.rows("Mon, Jan 2, 2006 at 3:04 PM", ", ", "From", "Date", "Subject", "To", "Cc") {
		fmt.Fprintf(&t, "%s: %s\n", r.label, r.text)
		switch {
		case r.label == "From" && len(q.from) == 1:
			a := html.EscapeString(oneLine(q.from[0].Address))
			fmt.Fprintf(&h, `From: <strong class="gmail_sendername" dir="auto">%s</strong> <span dir="auto">&lt;<a href="mailto:%s">%s</a>&gt;</span><br>`,
				html.EscapeString(oneLine(q.from[0].Name)), a, a)
		default:
			fmt.Fprintf(&h, "%s: %s<br>", r.label, r.rich)
		}
	}
	t.WriteString("\n\n" + q.text + "\n")
	h.WriteString("</div><br><br>" + q.rich() + "</div></div>")
	return t.String(), h.String()
}

// outlook quotes as Outlook for Windows does: no separator, a rule in the HTML.
func (q *quote) outlook() (text, rich string) {
	var t, h strings.Builder
	t.WriteString("\n\n")
	h.WriteString(`<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15 (filtered medium)"></head><body lang=EN-US><div class=WordSection1><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in'><p class=MsoNormal>`)
	for _, r := range q.rows("Monday, January 2, 2006 3:04 PM", "; ", "From", "Sent", "To", "Cc", "Subject") {
		fmt.Fprintf(&t, "%s: %s\n", r.label, r.text)
		fmt.Fprintf(&h, "<b>%s:</b> %s<br>", r.label, html.EscapeString(r.text))
	}
	t.WriteString("\n" + q.text + "\n")
	h.WriteString("<o:p></o:p></p></div></div><p class=MsoNormal><o:p>&nbsp;</o:p></p>" + q.rich() + "</div></body></html>")
	return t.String(), h.String()
}

// apple quotes as Mail of macOS and iOS does.
func (q *quote) apple() (text, rich string) {
	const mark = "Begin forwarded message:"
	const style = `font-family: -webkit-system-font, Helvetica Neue, Helvetica, sans-serif;`
	var t, h strings.Builder
	t.WriteString("\n\n" + mark + "\n\n")
	h.WriteString(`<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;"><br><div><blockquote type="cite"><div>` + mark + `</div><br class="Apple-interchange-newline">`)
	for _, r := range q.rows("January 2, 2006 at 3:04:05 PM MST", ", ", "From", "Subject", "Date", "To", "Cc") {
		fmt.Fprintf(&t, "> %s: %s\n", r.label, r.text)
		fmt.Fprintf(&h, `<div style="margin: 0px;"><span style="%s color:rgba(0, 0, 0, 1.0);"><b>%s: </b></span><span style="%s">%s<br></span></div>`,
			style, r.label, style, r.rich)
	}
	t.WriteString("> \n> " + strings.ReplaceAll(q.text, "\n", "\n> ") + "\n")
	h.WriteString("<br><div>" + q.rich() + "</div></blockquote></div><br></body></html>")
	return t.String(), h.String()
}

// thunderbird quotes as Thunderbird does: a table in the HTML, and no HTML at
// all for a message that has none.
func (q *quote) thunderbird() (text, rich string) {
	const mark = "-------- Forwarded Message --------"
	var t, h strings.Builder
	t.WriteString("\n\n\n" + mark + "\n")
	h.WriteString(`<!DOCTYPE html><html><head><meta http-equiv="content-type" content="text/html; charset=UTF-8"></head><body><p><br></p><div class="moz-forward-container"><br><br>` + mark +
		`<table class="moz-email-headers-table" cellpadding="0" cellspacing="0" border="0"><tbody>`)
	for _, r := range q.rows("Mon, 2 Jan 2006 15:04:05 -0700", ", ", "Subject", "Date", "From", "To", "Cc") {
		fmt.Fprintf(&t, "%s: \t%s\n", r.label, r.text)
		fmt.Fprintf(&h, `<tr><th valign="BASELINE" align="RIGHT" nowrap="nowrap">%s: </th><td>%s</td></tr>`, r.label, r.rich)
	}
	t.WriteString("\n\n\n" + q.text + "\n")
	h.WriteString("</tbody></table><br><br>" + q.rich() + "</div></body></html>")
	if q.html == "" {
		return t.String(), ""
	}
	return t.String(), h.String()
}

// yahoo quotes as Yahoo Mail on the web does: its text runs the quoted header
// together.
func (q *quote) yahoo() (text, rich string) {
	const mark = "----- Forwarded Message -----"
	var t, h strings.Builder
	t.WriteString("   " + mark + " ")
	h.WriteString(`<html><head></head><body><div class="yahoo-style-wrap" style="font-family:Helvetica Neue, Helvetica, Arial, sans-serif;font-size:13px;"><div><br></div></div><div id="yahoo_quoted_1234567890" class="yahoo_quoted"><div style="font-family:'Helvetica Neue', Helvetica, Arial, sans-serif;font-size:13px;color:#26282a;"><div>` + mark + "</div>")
	for _, r := range q.rows("Monday, January 2, 2006 at 03:04:05 PM MST", ", ", "From", "To", "Cc", "Sent", "Subject") {
		fmt.Fprintf(&t, "%s: %s", r.label, r.text)
		fmt.Fprintf(&h, "<div><b>%s:</b> %s</div>", r.label, html.EscapeString(r.text))
	}
	t.WriteString("\n " + q.text + "\n")
	h.WriteString("<div><br></div>" + q.rich() + "</div></div></body></html>")
	return t.String(), h.String()
}
