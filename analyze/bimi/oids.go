package bimi

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
)

// The object identifiers of mark certificates: Mark Certificate Requirements
// v1.7 section 7.1 and appendix, RFC 9399 section 4, RFC 6962 section 3.3.
// Variables only because Go has no constant slices; nothing writes them.
var (
	oidEKU       = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 31}
	oidLogotype  = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 12}
	oidSCTList   = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}
	oidPoison    = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 3}
	oidPilot     = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 53087, 4, 1}
	oidNameLimit = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidKeyUsage  = asn1.ObjectIdentifier{2, 5, 29, 15}

	oidCRLPoint  = asn1.ObjectIdentifier{2, 5, 29, 28} // issuing distribution point
	oidCRLNumber = asn1.ObjectIdentifier{2, 5, 29, 20}
	oidReason    = asn1.ObjectIdentifier{2, 5, 29, 21}
)

// oidPolicy is the general policy of mark certificates, by its text form.
const oidPolicy = "1.3.6.1.4.1.53087.1.1"

// policyOf names the authority whose own policy an OID is, or "".
func policyOf(oid string) string {
	switch oid {
	case "2.16.840.1.114412.0.2.5":
		return "DigiCert"
	case "2.16.840.1.114028.10.1.11", "2.16.840.1.114028.10.1.100", "2.16.840.1.114028.10.1.11.100":
		return "Entrust"
	case "1.3.6.1.4.1.4146.1.95", "1.3.6.1.4.1.4146.10.6.1":
		return "GlobalSign"
	}
	return ""
}

// extension gives the value of an extension. x509.ParseCertificate refuses a
// certificate that has one twice.
func extension(c *x509.Certificate, oid asn1.ObjectIdentifier) (value []byte, critical, ok bool) {
	for _, e := range c.Extensions {
		if e.Id.Equal(oid) {
			return e.Value, e.Critical, true
		}
	}
	return nil, false, false
}

// handled strikes extensions that we check ourselves from those that
// x509.Verify would stumble over.
func handled(c *x509.Certificate, oids ...asn1.ObjectIdentifier) {
	c.UnhandledCriticalExtensions = slices.DeleteFunc(c.UnhandledCriticalExtensions,
		func(o asn1.ObjectIdentifier) bool { return slices.ContainsFunc(oids, o.Equal) })
}

// hasEKU tells whether a certificate lists the key purpose of mark
// certificates, and whether it lists any other.
func hasEKU(c *x509.Certificate) (mark, other bool) {
	other = len(c.ExtKeyUsage) > 0
	for _, o := range c.UnknownExtKeyUsage {
		if o.Equal(oidEKU) {
			mark = true
		} else {
			other = true
		}
	}
	return mark, other
}
