package brand

import (
	"strings"
	"sync"

	"reportascam/analyze/lookalike"
)

// serviceWords are what companies add to their name as a sender, in the
// languages of the registry.
var serviceWords = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(`
		support service services team customer care help helpdesk desk account accounts security secure alert alerts notification notifications notice
		billing payment payments update updates info information noreply no reply do not donotreply bank banking card cards credit debit online mobile rewards reward
		store shop id pay inc llc ltd plc gmbh ag sa corp corporation company group official center centre department dept admin administrator mail email webmail
		member members membership express delivery parcel package tracking shipment shipping order orders news newsletter insider offers deals promo promotions refund refunds
		verification verify login sign prime business financial finance insurance app cloud storage subscription subscriptions invoice invoices receipts the your my and for
		customers client user users confirmation confirm digital wallet privacy legal compliance fraud protection prevention partner partners marketplace seller sellers
		uk us usa de fr it es nl eu com net org int international global europe canada australia india
		kundenservice kundendienst kundencenter sicherheit sicherheitsteam konto kunden benachrichtigung rechnung paket versand von der die das und ihr deutschland
		client clients assistance equipe securite compte facture avis livraison colis le la les de du votre espace france banque
		servicio cliente clientes soporte atencion seguridad equipo cuenta factura envios banco aviso alerta alertas
		servizio clienti assistenza sicurezza avviso fattura spedizione banca italia gruppo
		servico atendimento suporte seguranca conta equipa brasil portugal
		klantenservice beveiliging klant klanten rekening bezorging nederland
		kundservice kundtjanst sakerhet kundeservice sikkerhed asiakaspalvelu
		obsluga klienta powiadomienia polska dostawa
		gift giftcard giftcards voucher vouchers coupon sweepstakes sweepstake giveaway survey winner winners prize prizes vip exclusive bonus loyalty promotion promotional department shopper shoppers
		gutschein gutscheine gewinnspiel gewinner zustellung paketdienst umfrage pramie guthaben dringend sicherheitsteam hinweis mitteilung nachricht nachrichten warnung anmeldung einladung aktion weihnachten
		cadeau cadeaux gagnant message messages offre offres urgent urgente alerte alertes concours enquete info infos carte recompense recompenses remboursement
		pedido entrega encomenda aviso urgente importante protocolo gerencia relacionamento fatura cartao conta bloqueio pontos resgate rastreio beneficio
		regalo sorteo encuesta premio paquete notificacion tarjeta reembolso cupon
		pacco consegna premio buono concorso sondaggio rimborso avviso ricarica
		cadeaukaart cadeaubon bericht bestelling pakket levering waarschuwing actie winnaar enquete
		presentkort vinnare paketet leverans gavekort vinder pakke
		paczka przesylka platnosc nagroda ankieta
		dringende expired expiring renewal renew suspended locked blocked limited unusual activity recovery access request response operations maintenance tech technical
		mobilebanking onlinebanking netbanking ebanking webbank homebanking validation validate authentication authenticator reset password code codes device devices
		membership perks benefits discounts product products driver emergency surprise botschaft gutscheins almacenamiento stockage limite storagefull
		liberacao pendente cod codigo bloqueada efetue realize seu sua restituicao irpf autoatendimento informa informe dinheiro receber valores comprovante boleto
		bot system systems server quota storage message center hub portal platform network exchange airdrop rewards claim claims token tokens announcement announcements community foundation blog update official`) {
		m[lookalike.Fold(w)] = true
	}
	return m
})

func isService(folded string) bool {
	if folded == "" || strings.Trim(folded, "0123456789") == "" {
		return true // a number says nothing
	}
	return serviceWords()[folded]
}

// isGlue reports a service word that is long enough to be told within a word.
func isGlue(folded string) bool { return len(folded) >= minGlued && serviceWords()[folded] }

// isAbout reports words of those who speak of a brand, test with it or admire
// it, and are not it.
func isAbout(folded string) bool {
	switch folded {
	case "test", "tests", "testing", "ci", "fan", "fans", "fanclub", "meetup", "usergroup", "alumni", "podcast", "fork", "plugin", "plugins",
		"watch", "watcher", "reviews", "unofficial", "discuss", "discussion", "devel", "developers", "mailinglist", "bug", "bugs", "conference", "summit", "book", "course", "tutorial":
		return true
	}
	return false
}

// passesOn reports that the name at word i is only the means by which somebody
// else writes: "Ann via PayPal".
func passesOn(words []word, i int) bool {
	if i == 0 {
		return false
	}
	switch words[i-1].folded {
	case "via", "through", "using", "uber", "durch", "tramite", "mediante", "with", "mit", "avec", "con", "for", "on", "about", "against", "like", "versus", "vs":
		return true
	}
	return false
}

// isFrom reports that the word before i names the sender: "Message from
// Vodafone", "Max von Amazon".
func isFrom(words []word, i int) bool {
	if i == 0 {
		return false
	}
	switch words[i-1].folded {
	case "from", "von", "vom", "d", "de", "du", "del", "da", "do", "di", "van", "by", "at", "bei", "chez", "fran", "fra", "od", "z":
		return true
	}
	return false
}

// spokenOf reports that the name at word i is only the means or the subject:
// "via PayPal", "for your eBay order".
func spokenOf(words []word, i int) bool {
	if i > 1 {
		switch words[i-1].folded {
		case "your", "the", "my", "an", "a":
			i--
		}
	}
	return i > 0 && isVia(words[i-1].folded)
}

// isVia reports words after which a brand is only the means or the subject.
func isVia(folded string) bool {
	switch folded {
	case "via", "through", "using", "with", "from", "for", "about", "on", "at", "uber", "mit", "bei", "von", "per", "par", "avec", "sur", "con", "por", "para", "tramite", "met", "op", "like", "against", "versus", "vs":
		return true
	}
	return false
}
