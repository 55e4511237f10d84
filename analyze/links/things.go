package links

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"

	"golang.org/x/crypto/sha3"
)

// maxAddresses bounds the mail addresses that are looked at in one text: a
// list of customers is no list of indicators.
const maxAddresses = 10_000

// findAddresses calls f for each mail address in text.
func findAddresses(text string, f func(string)) {
	rest, base := text, 0
	for range maxAddresses {
		i := strings.IndexByte(rest, '@')
		if i < 0 {
			return
		}
		at := base + i
		rest, base = text[at+1:], at+1
		start := at
		for start > 0 && at-start < maxLocal && isLocalByte(text[start-1]) {
			start--
		}
		end := at + 1
		for end < len(text) && end-at <= maxHost && (isWordByte(text[end]) || text[end] == '.' || text[end] == '-') {
			end++
		}
		local := strings.Trim(text[start:at], ".")
		domain := strings.TrimRight(text[at+1:end], ".-")
		if local != "" && strings.Contains(domain, ".") && hostShaped(domain) && Listed(domain) {
			f(local + "@" + domain)
		}
	}
}

// maxLocal is the longest local part (RFC 5321 section 4.5.3.1.1).
const maxLocal = 64

func isLocalByte(c byte) bool {
	return isWordByte(c) || strings.IndexByte("._%+-", c) >= 0
}

// findWallets calls f for each crypto wallet in text whose checksum holds:
// Bitcoin (base58check, bech32, bech32m) and Ethereum.
func findWallets(text string, f func(string)) {
	for i := 0; i < len(text); {
		if !isWordByte(text[i]) {
			i++
			continue
		}
		j := i
		for j < len(text) && isWordByte(text[j]) {
			j++
		}
		if w := text[i:j]; len(w) >= minWallet && len(w) <= maxWallet {
			if v := wallet(w); v != "" {
				f(v)
			}
		}
		i = j
	}
}

const (
	minWallet = 26 // a base58 address with leading zero octets
	maxWallet = 90 // BIP 173's bound of a bech32 string
)

// wallet gives the normal form of a wallet address, or "".
func wallet(w string) string {
	switch {
	case (w[0] == '1' || w[0] == '3') && len(w) <= 35 && base58Check(w):
		return w
	case startsFold(w, "bc1") && bech32(w):
		return strings.ToLower(w)
	case startsFold(w, "0x") && len(w) == 42:
		return ethereum(w)
	}
	return ""
}

// base58Check verifies the checksum of a Bitcoin address (BIP 13: version 0 or
// 5, twenty octets of hash, four of double SHA-256).
func base58Check(s string) bool {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	n := new(big.Int)
	for i := range len(s) {
		d := strings.IndexByte(alphabet, s[i])
		if d < 0 {
			return false
		}
		n.Add(n.Mul(n, big.NewInt(58)), big.NewInt(int64(d)))
	}
	const size = 25
	if n.BitLen() > size*8 {
		return false
	}
	b := n.FillBytes(make([]byte, size))
	first := sha256.Sum256(b[:21])
	sum := sha256.Sum256(first[:])
	return (b[0] == 0 || b[0] == 5) && [4]byte(b[21:]) == [4]byte(sum[:4])
}

// bech32 verifies the checksum of a SegWit address (BIP 173; BIP 350 from
// version 1 on).
func bech32(s string) bool {
	lower := strings.ToLower(s)
	if s != lower && s != strings.ToUpper(s) || len(lower) < 14 {
		return false
	}
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	check := uint32(1)
	step := func(v uint32) {
		top := check >> 25
		check = (check&0x1ffffff)<<5 ^ v
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	for _, v := range []uint32{'b' >> 5, 'c' >> 5, 0, 'b' & 31, 'c' & 31} {
		step(v)
	}
	for i := 3; i < len(lower); i++ {
		v := strings.IndexByte(alphabet, lower[i])
		if v < 0 {
			return false
		}
		step(uint32(v))
	}
	if lower[3] == 'q' { // version 0
		return check == 1
	}
	return check == 0x2bc830a3
}

// ethereum checks 0x and forty hex digits; where both cases occur, they are
// the checksum (EIP-55). The normal form is in lower case.
func ethereum(s string) string {
	digits := s[2:]
	if _, err := hex.DecodeString(digits); err != nil {
		return ""
	}
	lower := strings.ToLower(digits)
	if digits != lower && digits != strings.ToUpper(digits) {
		h := sha3.NewLegacyKeccak256()
		h.Write([]byte(lower))
		sum := hex.EncodeToString(h.Sum(nil))
		for i := range len(lower) {
			if up := lower[i] > '9' && sum[i] >= '8'; lower[i] > '9' && up != (digits[i] < 'a') {
				return ""
			}
		}
	}
	return "0x" + lower
}

const (
	minPhone = 8  // digits with the country code; fewer are mostly other numbers
	maxPhone = 15 // digits (ITU-T E.164 section 6)
)

// findPhones calls f for each telephone number in text that is written so that
// it can be nothing else: with + and country code, or as a North American
// number in the usual groups. The number is given as + and digits.
func findPhones(text string, f func(string)) {
	for i := 0; i < len(text); {
		c := text[i]
		if c != '+' && c != '(' && (c < '0' || c > '9') || i > 0 && (isWordByte(text[i-1]) || strings.IndexByte("+/=.-_#", text[i-1]) >= 0) {
			i++
			continue
		}
		j := i + 1
		for j < len(text) && j-i < maxPhoneText && strings.IndexByte("0123456789 ()-.\t", text[j]) >= 0 {
			j++
		}
		number := strings.TrimRight(text[i:j], " ().-\t")
		if end := i + len(number); end == len(text) || !isWordByte(text[end]) && text[end] != '/' && text[end] != '@' {
			if n := textPhone(number); n != "" {
				f(n)
			}
		}
		i = j
	}
}

// maxPhoneText is the room of fifteen digits with two separators each.
const maxPhoneText = 45

// textPhone judges one run of digits and separators.
func textPhone(s string) string {
	if strings.HasPrefix(s, "+") {
		return normalPhone(s)
	}
	// North American: [1] area code, exchange and line, with separators between the groups.
	groups := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(groups) == 4 && groups[0] == "1" {
		groups = groups[1:]
	}
	if len(groups) != 3 || len(groups[0]) != 3 || len(groups[1]) != 3 || len(groups[2]) != 4 || groups[0][0] < '2' || groups[1][0] < '2' {
		return ""
	}
	return "+1" + strings.Join(groups, "")
}

// normalPhone gives a number that starts with + as + and digits, or "".
func normalPhone(s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "+") {
		return ""
	}
	var b strings.Builder
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteByte(s[i])
		}
	}
	d := b.String()
	if len(d) < minPhone || len(d) > maxPhone || d[0] == '0' {
		return ""
	}
	return "+" + d
}
