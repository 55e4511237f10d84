package forward

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"

	"reportascam/analyze"
	"reportascam/analyze/eml"
)

// maxEvidence bounds the pieces of evidence read of one XARF report.
const maxEvidence = 50

// xarfReport is what is read of an XARF report, version 3 (Report.Samples) or
// 4 (evidence), by the schemas that xarf.org publishes.
type xarfReport struct {
	Version3 json.RawMessage `json:"Version"`
	Report   struct {
		ReportType string
		Samples    xarfEvidence
	}
	Version4 string       `json:"xarf_version"`
	Type     string       `json:"type"`
	Evidence xarfEvidence `json:"evidence"`
}

type xarfPiece struct {
	Type3   string `json:"ContentType"`
	Type4   string `json:"content_type"`
	Base64  *bool  `json:"Base64Encoded"` // version 4 always is
	Payload string
}

// xarfEvidence is a list that is read no further than maxEvidence.
type xarfEvidence []xarfPiece

// UnmarshalJSON reads the first pieces.
func (e *xarfEvidence) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return err
	}
	for len(*e) < maxEvidence && dec.More() {
		var p xarfPiece
		if err := dec.Decode(&p); err != nil {
			return err
		}
		*e = append(*e, p)
	}
	return nil
}

// xarf gives the originals of an XARF report: the messages, or else the texts,
// among its evidence. None if the report is not one.
func (f *finder) xarf() []analyze.Original {
	var out []analyze.Original
	f.msg.Walk(func(p *eml.Part, _ int) bool {
		if len(out) == 0 && jsonPart(p) {
			out = readXARF(p.Decoded(), f.max)
		}
		return len(out) == 0
	})
	return out
}

func jsonPart(p *eml.Part) bool {
	switch p.MediaType {
	case "application/json", "application/xarf+json", "text/json":
		return true
	}
	return strings.HasSuffix(strings.ToLower(p.Filename), ".json")
}

func readXARF(b []byte, max int) []analyze.Original {
	var r xarfReport
	if err := json.Unmarshal(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")), &r); err != nil {
		return nil
	}
	if r.Version4 == "" && (r.Version3 == nil || r.Report.ReportType == "") {
		return nil
	}
	client := clientXARF
	if w := keyword(r.Type + r.Report.ReportType); w != "" {
		client += "/" + w
	}
	var out, texts []analyze.Original
	for _, e := range append(r.Evidence, r.Report.Samples...) {
		o, text, ok := e.original()
		switch {
		case !ok:
			continue
		case text:
			texts = append(texts, o)
		default:
			out = append(out, o)
		}
	}
	if len(out) == 0 {
		out = texts
	}
	out = out[:min(len(out), max)]
	for i := range out {
		out[i].Client = client
	}
	return out
}

// original gives a piece of evidence as an original, and whether it is only
// text; false if it is something else.
func (e *xarfPiece) original() (o analyze.Original, text, ok bool) {
	kind, _, _ := strings.Cut(strings.ToLower(e.Type3+e.Type4), ";")
	kind = strings.TrimSpace(kind)
	if kind != "message/rfc822" && kind != "message/global" && kind != "text/plain" && kind != "text/rfc822-headers" {
		return o, false, false
	}
	b := e.payload()
	if messageFields(b) >= 3 || kind != "text/plain" && messageFields(b) >= 1 {
		o = Direct(trimMessage(b), analyze.HowARF)
		if kind == "text/rfc822-headers" {
			o.Grade, o.Lost = analyze.GradeHeaders, []string{lostBody}
		}
		return o, false, true
	}
	if kind != "text/plain" || len(bytes.TrimSpace(b)) == 0 {
		return o, false, false
	}
	s, _ := eml.DecodeCharset(b, "")
	return analyze.Original{How: analyze.HowARF, Grade: analyze.GradeText, Text: strings.TrimSpace(s),
		Lost: []string{lostHeaders, lostAuth, lostLinks}}, true, true
}

// payload undoes base64, where it is that.
func (e *xarfPiece) payload() []byte {
	if e.Base64 != nil && !*e.Base64 {
		return []byte(e.Payload)
	}
	clean := strings.Join(strings.Fields(e.Payload), "")
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding} {
		if b, err := enc.DecodeString(clean); err == nil {
			return b
		}
	}
	return []byte(e.Payload)
}
