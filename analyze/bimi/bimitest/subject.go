package bimitest

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// Subject is a full subject of a registered mark.
func Subject() []pkix.AttributeTypeAndValue {
	var out []pkix.AttributeTypeAndValue
	for _, f := range [][2]string{
		{"1.3.6.1.4.1.311.60.2.1.3", "US"}, {"2.5.4.15", "Private Organization"}, {"2.5.4.5", "4711"}, {"2.5.4.6", "US"},
		{"2.5.4.8", "Ohio"}, {"2.5.4.7", "Dayton"}, {"2.5.4.9", "1 Main St"}, {"2.5.4.10", Organisation},
		{"2.5.4.3", Organisation}, {"1.3.6.1.4.1.53087.1.13", "Registered Mark"}, {"1.3.6.1.4.1.53087.1.3", "US"},
		{"1.3.6.1.4.1.53087.1.4", "6275156"},
	} {
		out = append(out, Attribute(f[0], f[1]))
	}
	return out
}

// Attribute is one field of a subject.
func Attribute(id, value string) pkix.AttributeTypeAndValue {
	var o asn1.ObjectIdentifier
	x, err := x509.ParseOID(id)
	if err != nil {
		panic(err)
	}
	der, err := x.MarshalBinary()
	if err != nil {
		panic(err)
	}
	if _, err := asn1.Unmarshal(append([]byte{6, byte(len(der))}, der...), &o); err != nil {
		panic(err)
	}
	return pkix.AttributeTypeAndValue{Type: o, Value: value}
}

// SubjectWith changes (or with an empty value drops) fields of the subject.
func SubjectWith(changes ...string) []pkix.AttributeTypeAndValue {
	var out []pkix.AttributeTypeAndValue
next:
	for _, a := range Subject() {
		for i := 0; i < len(changes); i += 2 {
			if a.Type.String() == changes[i] {
				if changes[i+1] == "" {
					continue next
				}
				a.Value = changes[i+1]
			}
		}
		out = append(out, a)
	}
	return out
}

// CommonMark is the subject of a common mark certificate (CMC): a logo in
// use, for which no office stands.
func CommonMark() []pkix.AttributeTypeAndValue {
	return SubjectWith("1.3.6.1.4.1.53087.1.13", "Prior Use Mark", "1.3.6.1.4.1.53087.1.3", "", "1.3.6.1.4.1.53087.1.4", "")
}

// Pilot is the extension of a certificate of the pilot programme.
func Pilot() pkix.Extension {
	return pkix.Extension{Id: oidPilot(), Critical: true, Value: append([]byte{12, 16}, "Mark Certificate"...)}
}
