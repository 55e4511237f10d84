package auth

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
)

const (
	// maxARCSets is the highest instance (RFC 8617 section 4.2.1).
	maxARCSets = 50
	// maxARCQueries bounds the key look-ups under way at once for one chain.
	maxARCQueries = 8
	// maxARCResults bounds the results that are given of one chain's sets.
	maxARCResults = 100
)

// defaultSealers are the domains whose seals are believed when none are
// configured: large forwarders and list hosts that check what they take, the
// list of mailauth (npm, 2026).
var defaultSealers = []string{
	"google.com", "microsoft.com", "gmail.com", "googlegroups.com", "messagingengine.com", "pobox.com", "topicbox.com",
	"umich.edu", "fastmail.com", "fastmail.fm", "one.com", "securemx.jp", "zone.eu", "teliaklm.ee", "forwardemail.net",
}

// chain is a validated ARC chain (RFC 8617 section 5.2).
type chain struct {
	result     analyze.Result // none, pass, fail; temperror or unknown when a key or the body could not be had as it was
	reason     string
	sets       []arcSet // by instance, i=1 first
	oldestPass int      // the oldest instance from which on all AMS hold; 0 when all do
}

// arcInput is what a chain is checked against.
type arcInput struct {
	h     eml.Header
	index map[string][]int // of fieldIndex
	body  []byte
	grade analyze.Grade
	clock clock
	cache *keyCache
}

// checkARC validates the chain of ARC sets. It gives the chain's own result,
// verified, and what each set's Authentication-Results say: with the
// boundary's witness where a trusted sealer wrote them of this message, else
// claimed. A message without ARC fields gives nothing.
func (c *Checker) checkARC(ctx context.Context, r dns.Resolver, in arcInput) []analyze.AuthResult {
	ch := validateARC(ctx, r, in)
	if ch.result == analyze.ResultNone {
		return nil
	}
	own := analyze.AuthResult{Method: analyze.MethodARC, Result: ch.result, Witness: analyze.WitnessVerified, Reason: ch.reason}
	if n := len(ch.sets); n > 0 {
		own.Domain, own.Selector, own.Algorithm = ch.sets[n-1].seal.domain, ch.sets[n-1].seal.selector, ch.sets[n-1].seal.algorithm
	}
	if ch.result == analyze.ResultPass {
		own.Reason = fmt.Sprintf("%d sets, sealed by %s; oldest-pass=%d", len(ch.sets), strings.Join(ch.sealers(), ", "), ch.oldestPass)
	}
	return append([]analyze.AuthResult{own}, c.seen(ch)...)
}

// sealers gives the sealing domains, i=1 first.
func (ch *chain) sealers() []string {
	out := make([]string, 0, len(ch.sets))
	for _, s := range ch.sets {
		out = append(out, s.seal.domain)
	}
	return slices.Compact(out)
}

// trusts tells whether a domain's seals are believed.
func (c *Checker) trusts(domain string) bool {
	list := c.TrustedSealers
	if list == nil {
		list = defaultSealers
	}
	return slices.ContainsFunc(list, func(d string) bool { return isWithin(domain, asciiDomain(d)) })
}

// seen gives what the sets say that their sealers saw, the oldest first.
//
// A seal covers no body, so that a set can be moved to another message: a
// trusted sealer's word counts for this one only if its message signature
// still holds, or if all who sealed later are trusted too, each having found
// the chain intact.
func (c *Checker) seen(ch chain) []analyze.AuthResult {
	var out []analyze.AuthResult
	rest := true // all later sealers are trusted
	credible := make([]bool, len(ch.sets))
	for i := len(ch.sets) - 1; i >= 0; i-- {
		trusted := ch.result == analyze.ResultPass && c.trusts(ch.sets[i].seal.domain)
		intact := i+1 >= ch.oldestPass
		credible[i] = trusted && (intact || rest)
		rest = rest && trusted
	}
	for i, set := range ch.sets {
		w := analyze.WitnessClaimed
		if credible[i] {
			w = analyze.WitnessBoundary
		}
		for k := range set.results.Results {
			a, ok := set.results.Results[k].auth(set.results.AuthServ, w)
			if !ok || a.Method == analyze.MethodARC || len(out) == maxARCResults {
				continue
			}
			a.Reason = clip(strings.TrimSuffix(fmt.Sprintf("ARC set %d, sealed by %s: %s", i+1, set.seal.domain, a.Reason), ": "), maxReason)
			out = append(out, a)
		}
	}
	return out
}

// validateARC validates a chain, in the order of RFC 8617 section 5.2.
func validateARC(ctx context.Context, r dns.Resolver, in arcInput) chain {
	sets, why := collectARC(in.h, in.index)
	if why != "" {
		return chain{result: analyze.ResultFail, reason: why}
	}
	if len(sets) == 0 {
		return chain{result: analyze.ResultNone}
	}
	ch := chain{result: analyze.ResultFail, sets: sets}
	n := len(sets)
	if sets[n-1].cv == "fail" {
		ch.reason = "the last sealer found the chain broken"
		return ch
	}
	for i, s := range sets {
		// Step 3: i=1 starts the chain, the others found it intact.
		if want := map[bool]string{true: "none", false: "pass"}[i == 0]; s.cv != want {
			ch.reason = fmt.Sprintf("set %d has cv=%s", i+1, cmp.Or(s.cv, "(none)"))
			return ch
		}
	}
	v := &arcVerifier{h: in.h, index: in.index, sets: sets, grade: in.grade, cache: in.cache, dkim: dkimCheck{body: in.body}}
	if f := v.message(ctx, r, n-1); f != nil {
		return ch.failed(n, "message signature", in.clock.settle(f))
	}
	if i, f := v.seals(ctx, r); f != nil {
		return ch.failed(i+1, "seal", in.clock.settle(f))
	}
	ch.result = analyze.ResultPass
	for i := n - 2; i >= 0; i-- {
		if v.message(ctx, r, i) != nil {
			ch.oldestPass = i + 2
			break
		}
	}
	return ch
}

func (ch chain) failed(instance int, what string, f *fault) chain {
	ch.reason = fmt.Sprintf("set %d, %s: %s", instance, what, f.Reason)
	if isUnsure(f.Result) {
		ch.result = f.Result
	}
	return ch
}

// arcVerifier holds what the signatures of one chain are checked against.
type arcVerifier struct {
	h     eml.Header
	index map[string][]int
	sets  []arcSet
	grade analyze.Grade
	cache *keyCache
	dkim  dkimCheck // its body and the hashes of it
}

// message verifies the ARC-Message-Signature of set i (RFC 8617 section
// 4.1.2): nil when it holds.
func (v *arcVerifier) message(ctx context.Context, r dns.Resolver, i int) *fault {
	f := v.messageAs(ctx, r, &v.sets[i], v.sets[i].message)
	if f != nil && v.sets[i].anyCanon {
		sig := v.sets[i].message
		sig.header, sig.body = canonRelaxed, canonRelaxed
		if v.messageAs(ctx, r, &v.sets[i], sig) == nil {
			return nil
		}
	}
	return f
}

// messageAs verifies the message signature of set with the canonicalisation
// that sig has.
func (v *arcVerifier) messageAs(ctx context.Context, r dns.Resolver, set *arcSet, sig signature) *fault {
	if string(v.dkim.bodyHash(sig).sum) != string(sig.bh) {
		if v.grade != analyze.GradeFull {
			return &fault{Result: analyze.ResultUnknown, Reason: reasonRebuilt}
		}
		return &fault{Result: analyze.ResultFail, Reason: reasonBodyHash}
	}
	keys, f := v.cache.fetch(ctx, r, sig.domain, sig.selector)
	if f != nil {
		return f
	}
	return verifyAny(keys, sig, headerHash(v.h, v.index, sig, set.fields[arcMessage]))
}

// seals verifies all seals, and gives the newest that does not hold.
func (v *arcVerifier) seals(ctx context.Context, r dns.Resolver) (int, *fault) {
	type found struct {
		keys []publicKey
		f    *fault
	}
	keys := make([]found, len(v.sets))
	var wg sync.WaitGroup
	slots := make(chan struct{}, maxARCQueries)
	for i := range v.sets {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			keys[i].keys, keys[i].f = v.cache.fetch(ctx, r, v.sets[i].seal.domain, v.sets[i].seal.selector)
		})
	}
	wg.Wait()
	canonical := v.canonicalSets()
	for i := len(v.sets) - 1; i >= 0; i-- {
		f := keys[i].f
		if f == nil {
			f = verifyAny(keys[i].keys, v.sets[i].seal, v.sealHash(canonical, i))
		}
		if f != nil {
			return i, f
		}
	}
	return 0, nil
}

// canonicalSets gives the relaxed form of each set's three fields together.
func (v *arcVerifier) canonicalSets() [][]byte {
	out := make([][]byte, len(v.sets))
	for i, s := range v.sets {
		for _, k := range []int{arcResults, arcMessage, arcSeal} {
			out[i] = canonHeader(canonRelaxed, v.h.RawField(s.fields[k]), out[i])
		}
	}
	return out
}

// sealHash hashes what the seal of set i covers: all sets up to its own, each
// in the order results, message signature, seal, its own seal without b=
// (RFC 8617 section 5.1.1).
func (v *arcVerifier) sealHash(canonical [][]byte, i int) []byte {
	s := v.sets[i]
	w := s.seal.newHash()
	for _, c := range canonical[:i] {
		_, _ = w.Write(c)
	}
	var buf []byte
	for _, k := range []int{arcResults, arcMessage} {
		buf = canonHeader(canonRelaxed, v.h.RawField(s.fields[k]), buf)
	}
	buf = append(buf, canonSignature(canonRelaxed, v.h.RawField(s.fields[arcSeal]), nil)...)
	_, _ = w.Write(buf)
	return w.Sum(nil)
}

// verifyAny tries all keys published at one name; nil when one fits.
func verifyAny(keys []publicKey, sig signature, sum []byte) *fault {
	f := &fault{analyze.ResultPermError, reasonKeyGone, true}
	for _, k := range keys {
		next := cmp.Or(k.allows(sig), k.weak())
		if next == nil {
			ok, madeByKey := k.verify(sig, sum)
			if ok {
				return nil
			}
			next = &fault{analyze.ResultFail, reasonSigBad, !madeByKey}
		}
		if f.byKey { // of several keys, the one that it was made with tells
			f = next
		}
	}
	return f
}
