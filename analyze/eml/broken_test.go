package eml

import (
	"encoding/base64"
	"strings"
	"testing"
)

// find is the text that every broken message holds, somewhere.
const find = "Visible content of the mail"

// two is a multipart of a text and a file, with boundary B, in LF.
const two = "--B\nContent-Type: text/plain\n\n" + find + "\n--B\nContent-Type: application/pdf; name=a.pdf\n\nPDF\n--B--\n"

// brokenMail is one kind of broken mail: what is in it is found all the same,
// and what is wrong is noted.
type brokenMail struct {
	name   string
	raw    string
	defect string
	leaves int // how many leaves there are, embedded messages included
}

const mixed = "From: a@b.example\nContent-Type: multipart/mixed; boundary=B\n"

func brokenHeaders() []brokenMail {
	h, body := "From: a@b.example\nSubject: x\n", "\n"+find+"\n"
	return []brokenMail{
		{"non-header line", "From: a@b.example\nwhat is this\nSubject: x\n" + body, DefectJunkLine, 1},
		{"non-header line first", "what is this\n" + h + body, DefectJunkLine, 1},
		{"mbox From line", "From joe@b.example Mon Mar  2 10:00:00 2026\n" + h + body, DefectMboxFrom, 1},
		{"quoted mbox From line", ">From joe@b.example Mon Mar  2 10:00:00 2026\n" + h + body, DefectMboxFrom, 1},
		{"leading space first line", " X: y\n" + h + body, DefectLeadingSpace, 1},
		{"8-bit header name", "S\xFCbject: y\n" + h + body, DefectFieldName, 1},
		{"raw 8-bit value", "From: J\xFCrgen <a@b.example>\n" + body, DefectRaw8Bit, 1},
		{"space before the colon", "From: a@b.example\nSubject : x\n" + body, DefectSpaceBeforeColon, 1},
		{"field without colon", "From: a@b.example\nContent-Type text/plain\n" + body, DefectNoColon, 1},
		{"blank lines first", "\n\n" + h + body, DefectLeadingBlank, 1},
		{"line of spaces in the header", "From: a@b.example\n \nSubject: x\n" + body, DefectSpaceLine, 1},
		{"no blank line", h + find + "\nand more of it.\n", DefectNoBlankLine, 1},
		{"no header", find, DefectNoHeader, 1},
		{"several From", "From: a@b.example\nFrom: c@d.example\n" + body, DefectDuplicateField, 1},
		{"two addresses", "From: A <a@b.example> <c@d.example>\n" + body, DefectAddress, 1},
		{"unquoted comma", "From: PayPal, Inc. <a@b.example>\n" + body, DefectAddress, 1},
		{"NUL", h + "\n\x00" + find + "\n", DefectNUL, 1},
		{"bare CR for LF", strings.ReplaceAll(h+body, "\n", "\r"), DefectBareCR, 1},
		{"bare CR inside", "From: a@b.example\rSubject: x\n" + body, DefectBareCR, 1},
		{"CRLF and LF", "From: a@b.example\r\nSubject: x\n" + body, DefectMixedNewlines, 1},
		{"several Content-Type", mixed + "Content-Type: text/plain\n\n" + two, DefectDuplicateField, 2},
		{"several Content-Type, multipart last", "From: a@b.example\nContent-Type: text/plain\nContent-Type: multipart/mixed; boundary=B\n\n" + two, DefectDuplicateField, 2},
		{"Content-Type without slash", h + "Content-Type: text\n" + body, DefectMediaType, 1},
		{"utf-7", h + "Content-Type: text/plain; charset=utf-7\n" + "\nVisible+ACA-content of the mail\n", DefectCharset, 1},
		{"iso-2022-kr", h + "Content-Type: text/plain; charset=iso-2022-kr\n" + "\n\x1B$)C" + find + "\n", DefectCharset, 1},
		{"quoted charset", h + "Content-Type: text/plain; charset='iso-8859-1'\n" + body, DefectCharset, 1},
		{"unknown charset", h + "Content-Type: text/plain; charset=klingon\n" + body, DefectCharset, 1},
	}
}

func brokenMultiparts() []brokenMail {
	head := "From: a@b.example\n"
	return []brokenMail{
		{"duplicate boundary, first right", head + "Content-Type: multipart/mixed; boundary=B; boundary=X\n\n" + two, DefectSeveral, 2},
		{"duplicate boundary, second right", head + "Content-Type: multipart/mixed; boundary=X; boundary=B\n\n" + two, DefectSeveral, 2},
		{"unquoted boundary with equals signs", head + "Content-Type: multipart/mixed; boundary=\"=_B\n\n" + strings.ReplaceAll(two, "--B", "--=_B"), DefectUnterminated, 2},
		{"unterminated boundary and parameters", head + "Content-Type: multipart/mixed; boundary=\"B; charset=x\n\n" + two, DefectUnterminated, 2},
		{"long preamble line", mixed + "\n" + strings.Repeat("p", 80<<10) + "\n" + two, DefectLongLine, 2},
		{"empty boundary", head + "Content-Type: multipart/mixed; boundary=\"\"\n\n" + strings.ReplaceAll(two, "--B", "--"), DefectEmptyBoundary, 2},
		{"no boundary", head + "Content-Type: multipart/mixed\n\n" + two, DefectNoBoundary, 2},
		{"no boundary: guessed", head + "Content-Type: multipart/mixed\n\n" + two, DefectGuessed, 2},
		{"wrong boundary", head + "Content-Type: multipart/mixed; boundary=C\n\n" + two, DefectBoundaryNotFound, 2},
		{"CRLF and LF at boundaries", strings.Replace(mixed+"\n"+two, "--B\n", "--B\r\n", 1), DefectMixedNewlines, 2},
		{"no final boundary", mixed + "\n" + strings.TrimSuffix(two, "--B--\n"), DefectNoFinalBoundary, 2},
		{"part behind the final boundary", mixed + "\n--B--\n" + two, DefectAfterEnd, 2},
		{"boundary with trailing spaces", head + "Content-Type: multipart/mixed; boundary=\"B  \"\n\n" + two, DefectBoundary, 2},
		{"delimiter with something behind", mixed + "\n" + strings.ReplaceAll(two, "--B\n", "--Bx\n"), DefectDelimiter, 2},
		{"nested with the same boundary", mixed + "\n--B\nContent-Type: multipart/mixed; boundary=B\n\n" + two + two, DefectSameBoundary, 4},
		{"boundary in RFC 2231 form", head + "Content-Type: multipart/mixed; boundary*0=\"\"; boundary*1=B\n\n" + two, DefectBoundary, 2},
		{"multipart under a false type", head + "Content-Type: multipurt/mixed; boundary=B\n\n" + two, DefectHiddenMultipart, 2},
		{"multipart without Content-Type", head + "\n" + two, DefectHiddenMultipart, 2},
		{"type in a comment", head + "Content-Type: multi(x)part/mixed; boundary=B\n\n" + two, DefectMediaType, 2},
		{"comma for semicolon", head + "Content-Type: multipart/mixed, boundary=B\n\n" + two, DefectParameter, 2},
		{"no separator", head + "Content-Type: multipart/mixed boundary=B\n\n" + two, DefectMediaType, 2},
		{"blank line before the part header", mixed + "\n" + strings.ReplaceAll(two, "--B\nC", "--B\n\nC"), DefectLeadingBlank, 2},
		{"part header runs into a delimiter", mixed + "\n--B\nContent-Type: text/html\n" + two, DefectNoBlankLine, 3},
		{"multipart that is none", mixed + "\n" + find + "\n", DefectBoundaryNotFound, 1},
		{"MIME inside a text", head + "Content-Type: text/plain\n\n" + two, DefectMIMEInBody, 1},
		{"two file names", mixed + "\n" + strings.ReplaceAll(two, "name=a.pdf", "name=a.pdf\nContent-Disposition: attachment; filename=b.exe"), DefectFilenameDiffers, 2},
		{"partial message", head + "Content-Type: message/partial; id=1; number=1; total=2\n\n" + find + "\n", DefectPartial, 1},
	}
}

func brokenEncodings() []brokenMail {
	head := "From: a@b.example\nContent-Type: text/plain\nContent-Transfer-Encoding: "
	enc := base64.StdEncoding.EncodeToString([]byte(find + "."))
	inner := base64.StdEncoding.EncodeToString([]byte("Subject: x\r\n\r\n" + find + "\r\n"))
	return []brokenMail{
		{"base64 with junk", head + "base64\n\n" + enc[:8] + "#!" + enc[8:] + "\n", DefectBase64, 1},
		{"base64 unpadded", head + "base64\n\n" + strings.TrimRight(enc, "=") + "\n", DefectBase64, 1},
		{"base64 concatenated", head + "base64\n\nQQ==" + enc + "\n", DefectBase64, 1},
		{"CTE with comment", head + "base64 (x)\n\n" + enc + "\n", DefectEncodingSyntax, 1},
		{"CTE quoted", head + "\"base64\"\n\n" + enc + "\n", DefectEncodingSyntax, 1},
		{"CTE unknown", head + "xxx\n\n" + find + "\n", DefectEncodingUnknown, 1},
		{"CTE unknown, body base64", head + "base46\n\n" + enc + "\n", DefectEncodingGuessed, 1},
		{"two CTE", head + "7bit\nContent-Transfer-Encoding: base64\n\n" + enc + "\n", DefectEncodingSeveral, 1},
		{"quoted-printable with bad hex", head + "quoted-printable\n\n=ZZ Visible=20content of the =\nmail\n", DefectQP, 1},
		{"message in base64", "From: a@b.example\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner + "\n", DefectEncodedMessage, 1},
		{"message in quoted-printable", "From: a@b.example\nContent-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n=53ubject: x\n\n" + find + "\n", DefectEncodedMessage, 1},
		{"message said to be base64", "From: a@b.example\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nSubject: x\n\n" + find + "\n", DefectEncodedMessage, 1},
		{"uuencode in the body", "From: a@b.example\n\n" + find + "\nbegin 644 a.txt\n#0V%T\n`\nend\n", DefectUUBody, 2},
		{"encoded multipart", "From: a@b.example\nContent-Type: multipart/mixed; boundary=Z\nContent-Transfer-Encoding: base64\n\n" + enc + "\n", DefectEncodedParts, 1},
	}
}

func TestBrokenMail(t *testing.T) {
	var all []brokenMail
	all = append(all, brokenHeaders()...)
	all = append(all, brokenMultiparts()...)
	all = append(all, brokenEncodings()...)
	if len(all) < 42 {
		t.Errorf("%d kinds of broken mail, want at least 42", len(all))
	}
	for _, test := range all {
		t.Run(test.name, func(t *testing.T) {
			for _, raw := range []string{test.raw, strings.ReplaceAll(strings.ReplaceAll(test.raw, "\r\n", "\n"), "\n", "\r\n")} {
				if raw != test.raw && (test.defect == DefectMixedNewlines || test.defect == DefectBareCR) {
					continue
				}
				checkBroken(t, test, raw)
			}
		})
	}
}

func checkBroken(t *testing.T, test brokenMail, raw string) {
	t.Helper()
	m := Parse([]byte(raw))
	checkTree(t, m)
	found := false
	parts := leaves(m)
	for _, p := range parts {
		found = found || strings.Contains(p.Text(), find)
	}
	if !found {
		t.Errorf("Parse(%.200q): content not found", raw)
	}
	if len(parts) != test.leaves {
		t.Errorf("Parse(%.200q) = %d leaves, want %d", raw, len(parts), test.leaves)
	}
	var kinds []string
	for _, d := range m.Defects {
		kinds = append(kinds, d.Kind)
	}
	if !contains(kinds, test.defect) {
		t.Errorf("Parse(%.200q) notes %q, want %q among them", raw, kinds, test.defect)
	}
	if test.name != "no header" && m.Header.Get("From") == "" && m.Header.Get("Subject") == "" {
		t.Errorf("Parse(%.200q): From and Subject are lost", raw)
	}
}

// TestSoundMail holds what is allowed, though unusual: nothing is noted.
func TestSoundMail(t *testing.T) {
	text := "\n\n" + find + "\n"
	for _, test := range []struct {
		name, raw string
		leaves    int
	}{
		{"plain", "From: a@b.example\nSubject: x" + text, 1},
		{"multipart", mixed + "\n" + two, 2},
		{"preamble and epilogue", mixed + "\nThis is a MIME message.\n" + two + "\nepilogue\n", 2},
		{"boundary is a prefix of another", mixed + "\n--B\nContent-Type: multipart/mixed; boundary=Bx\n\n" +
			strings.ReplaceAll(two, "--B", "--Bx") + "\n--B--\n", 2},
		{"white space behind a delimiter", mixed + "\n" + strings.ReplaceAll(two, "--B\n", "--B \t\n"), 2},
		{"empty parts", mixed + "\n--B\n\n--B\nContent-Type: text/html\n\n--B--\n" + find, 2},
		{"comments and case", "From: a@b.example\nCONTENT-TYPE: (a) Multipart/Mixed (b); (c) Boundary=\"B\"\n\n" + two, 2},
		{"folded", "From: a@b.example\nContent-Type: multipart/mixed;\n\tboundary=\"B\"\n\n" + two, 2},
		{"unquoted boundary with dashes", "From: a@b.example\nContent-Type: multipart/mixed; boundary=----=_B\n\n" + strings.ReplaceAll(two, "--B", "------=_B"), 2},
		{"digest", "From: a@b.example\nContent-Type: multipart/digest; boundary=B\n\n--B\n\nSubject: x\n\n" + find + "\n--B--\n", 1},
		{"embedded message", "From: a@b.example\nContent-Type: message/rfc822\n\nSubject: x\n\n" + find + "\n", 1},
		{"signature separator", "From: a@b.example\n\n" + find + "\n-- \nJoe\n", 1},
	} {
		m := Parse([]byte(test.raw))
		checkTree(t, m)
		if len(m.Defects) > 0 {
			t.Errorf("%s: Parse notes %v, want nothing", test.name, m.Defects)
		}
		if got := len(leaves(m)); got != test.leaves {
			t.Errorf("%s: Parse = %d leaves, want %d", test.name, got, test.leaves)
		}
	}
}
