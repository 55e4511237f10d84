package lookalike

import (
	"strings"
	"sync"
)

// keywords are the words that scams add to a name, as shapes. The first row is
// Chromium's; the others are what mail scams use.
var keywords = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`
		account activate admin coin crypto login logout password secure security signin signout wallet
		verify verification verified update updates billing support invoice refund delivery parcel alert alerts confirm confirmation unlock
		customer customerservice helpdesk accounts payment payments reward rewards bonus gift giftcard claim recovery recover restore
		authenticate authentication authorize validation validate webmail online banking servicing suspended limited notice notification
		resolution tracking package shipping shipment track redelivery resolve service services signon logon
		airdrop staking install download official campaign extension promotion promo access
		konto sicherheit anmelden anmeldung bestaetigen bestätigen kundenservice kundendienst verifizieren zahlung rechnung paket lieferung sendung
		compte securite connexion verifier client clients facture colis livraison remboursement espaceclient assistance
		cuenta seguridad acceso verificar cliente clientes factura paquete envio reembolso soporte
		sicurezza accesso verifica clienti pacco rimborso assistenza
		conta seguranca acesso atendimento fatura pacote suporte
		rekening beveiliging inloggen bevestigen betaling pakket bezorging
		konto logowanie platnosc paczka dostawa hesap giris odeme kargo`) {
		m[Shape(Fold(w))] = true
	}
	return m
})

const (
	minKeyword = 4
	maxKeyword = 16
)

// combos looks for a protected name with one of the words beside it.
func (q *query) combos() {
	if len(q.folded) > maxLabel {
		return
	}
	shape := Shape(q.folded)
	for i := 0; i+minCombo <= len(shape); i++ {
		h := headHash(shape[i:])
		if q.x.heads[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		hash := uint64(fnvOffset)
		for j := i; j < len(shape); j++ {
			hash = (hash ^ uint64(shape[j])) * fnvPrime
			if n := j + 1 - i; n < minCombo || n == len(shape) {
				continue
			}
			for g := range q.x.combo.get(mix(hash)) {
				q.comboAt(shape, i, j+1, g)
			}
		}
	}
}

// comboAt weighs the name of group g standing at start:end of the label.
func (q *query) comboAt(shape string, start, end int, g uint32) {
	t, same := q.x.with(g, q.suffix)
	if Shape(Fold(unicodeLabel(t.label))) != shape[start:end] || len(t.label) < minCombo {
		return
	}
	before, after := shape[:start], shape[end:]
	bounded := (before == "" || before[len(before)-1] == '-') && (after == "" || after[0] == '-')
	common := CommonWord(t.label)
	if !bounded && (common || t.rank != 0) || common && t.rank != 0 {
		return
	}
	b, bHow := keywordIn(before)
	a, aHow := keywordIn(after)
	if !a && !b {
		return
	}
	score := 0.75
	switch {
	case common:
		score = 0.5
		if a && b {
			score = 0.6
		}
	case bounded || aHow || bHow:
		score = 0.85
	}
	if same {
		score += 0.02
	}
	q.resemblance(t, TechniqueCombo, 0, score)
}

// keywordIn reports whether s holds one of the words, and whether it is made
// of such words, hyphens and digits alone.
func keywordIn(s string) (found, whole bool) {
	if s == "" {
		return false, false
	}
	words := keywords()
	whole = true
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' }) {
		if words[part] || words[strings.TrimRight(part, "0123456789olesbt")] && len(part) < maxKeyword {
			found = true
			continue
		}
		whole = false
		for i := 0; i+minKeyword <= len(part) && !found; i++ {
			for n := minKeyword + 2; n <= maxKeyword && i+n <= len(part); n++ {
				if words[part[i:i+n]] {
					found = true
					break
				}
			}
		}
	}
	return found, whole && found
}
