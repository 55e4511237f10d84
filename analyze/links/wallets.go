package links

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"strings"

	"golang.org/x/crypto/sha3"
)

// findWallets calls f for each crypto wallet in text whose checksum holds:
// Bitcoin (base58check, bech32, bech32m), Litecoin, Dogecoin, Tron, Monero and
// Ethereum. Addresses of Solana have no checksum, so that any word of the right
// length would pass for one: they are left out.
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
	minWallet = 26  // a base58 address with leading zero octets
	maxWallet = 106 // an integrated address of Monero; BIP 173 bounds a bech32 string at 90
)

// wallet gives the normal form of a wallet address, or "".
func wallet(w string) string {
	switch {
	case startsFold(w, "bc1") && bech32(w, "bc"), startsFold(w, "ltc1") && bech32(w, "ltc"):
		return strings.ToLower(w)
	case startsFold(w, "0x"):
		if len(w) == 42 {
			return ethereum(w)
		}
	case (w[0] == '4' || w[0] == '8') && monero(w):
		return w
	case strings.IndexByte(versions[0], w[0]) >= 0 && len(w) <= 35 && base58Check(w):
		return w
	}
	return ""
}

// versions are the first characters of the base58check addresses that are
// known, and their version octets: Bitcoin (BIP 13) 0 and 5; Litecoin 48 and
// 50, Dogecoin 30 and 22 (chainparams of their programs); Tron 65 (TRON
// protocol, accounts).
var versions = [2]string{"13LMDA9T", "\x00\x05\x30\x32\x1e\x16\x41"}

const alphabet58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// base58 decodes into size octets, or says that s is none or too large.
func base58(s string, size int) ([]byte, bool) {
	n := new(big.Int)
	for i := range len(s) {
		d := strings.IndexByte(alphabet58, s[i])
		if d < 0 {
			return nil, false
		}
		n.Add(n.Mul(n, big.NewInt(58)), big.NewInt(int64(d)))
	}
	if n.BitLen() > size*8 {
		return nil, false
	}
	return n.FillBytes(make([]byte, size)), true
}

// base58Check verifies the checksum of an address of a known version: one
// octet of it, twenty of hash, four of double SHA-256 (BIP 13).
func base58Check(s string) bool {
	b, ok := base58(s, 25)
	if !ok || strings.IndexByte(versions[1], b[0]) < 0 {
		return false
	}
	first := sha256.Sum256(b[:21])
	sum := sha256.Sum256(first[:])
	return [4]byte(b[21:]) == [4]byte(sum[:4])
}

// monero verifies the checksum of an address of Monero: blocks of eleven
// characters for eight octets, the last shorter; one octet of network, two
// keys, perhaps a payment ID, four octets of Keccak (CryptoNote standard 7;
// networks 18, 19 and 42 of its program).
func monero(s string) bool {
	tail := map[int]int{95: 5, 106: 5}[len(s)]
	if tail == 0 {
		return false
	}
	var b []byte
	for len(s) > 11 {
		block, ok := base58(s[:11], 8)
		if !ok {
			return false
		}
		b, s = append(b, block...), s[11:]
	}
	last, ok := base58(s, tail)
	if !ok || b[0] != 18 && b[0] != 19 && b[0] != 42 {
		return false
	}
	b = append(b, last...)
	h := sha3.NewLegacyKeccak256()
	h.Write(b[:len(b)-4])
	return [4]byte(h.Sum(nil)) == [4]byte(b[len(b)-4:])
}

// maxBech32 is the longest (BIP 173).
const maxBech32 = 90

// bech32 verifies the checksum of a SegWit address (BIP 173; BIP 350 from
// version 1 on), whose readable part is hrp.
func bech32(s, hrp string) bool {
	lower := strings.ToLower(s)
	if s != lower && s != strings.ToUpper(s) || len(lower) < 14 || len(lower) > maxBech32 {
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
	for i := range len(hrp) {
		step(uint32(hrp[i]) >> 5)
	}
	step(0)
	for i := range len(hrp) {
		step(uint32(hrp[i]) & 31)
	}
	for i := len(hrp) + 1; i < len(lower); i++ {
		v := strings.IndexByte(alphabet, lower[i])
		if v < 0 {
			return false
		}
		step(uint32(v))
	}
	if lower[len(hrp)+1] == 'q' { // version 0
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
