package links

import "strings"

// closeForm ends the open <form>, and notes with each address that it posts to
// which secret it asks for.
func (r *reader) closeForm() {
	for i := r.form; i < len(r.refs) && r.asks != ""; i++ {
		if r.refs[i].source == "form" {
			r.refs[i].asks = r.asks
		}
	}
	r.form, r.asks = len(r.refs), ""
}

// ask notes the secret that a field asks for, the first of a form.
func (r *reader) ask(a attrs) {
	kind := strings.ToLower(a.get("type"))
	switch {
	case r.asks != "":
	case kind == "password":
		r.asks = "password"
	case kind == "hidden" || kind == "submit" || kind == "button" || kind == "reset" || kind == "image" || kind == "checkbox" || kind == "radio":
		// Nobody types anything there.
	default:
		for _, s := range []string{a.get("autocomplete"), a.get("name"), a.get("id"), a.get("placeholder"), a.get("aria-label")} {
			if r.asks = secret(s); r.asks != "" {
				return
			}
		}
	}
}

// maxFieldName bounds what is read of a field's name or of what it shows, in
// octets.
const maxFieldName = 200

// secret tells which secret a field of that name or label asks for: password,
// card, code, or nothing.
func secret(s string) string {
	s = strings.ToLower(s[:min(len(s), maxFieldName)])
	for _, w := range secretParts {
		if strings.Contains(s, w.part) {
			return w.kind
		}
	}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r < 'a' || r > 'z' }) {
		if kind := secretWords[word]; kind != "" {
			return kind
		}
	}
	return ""
}

// secretParts are parts of the names and labels of fields for secrets, in the
// languages of the lures; autocomplete's own words are of the HTML Standard
// section 4.10.18.7.
var secretParts = []struct{ part, kind string }{
	{"password", "password"}, {"passwd", "password"}, {"passwort", "password"}, {"kennwort", "password"}, {"passphrase", "password"},
	{"contraseña", "password"}, {"contrasena", "password"}, {"mot de passe", "password"}, {"motdepasse", "password"}, {"wachtwoord", "password"},
	{"lösenord", "password"}, {"adgangskode", "password"}, {"salasana", "password"}, {"jelszó", "password"}, {"parolă", "password"},
	{"şifre", "password"}, {"пароль", "password"}, {"パスワード", "password"}, {"密码", "password"}, {"密碼", "password"}, {"비밀번호", "password"}, {"mật khẩu", "password"},
	{"cc-number", "card"}, {"cc-csc", "card"}, {"cc-exp", "card"}, {"cardnumber", "card"}, {"card number", "card"}, {"card_number", "card"}, {"card-number", "card"}, {"creditcard", "card"},
	{"credit card", "card"}, {"kreditkarte", "card"}, {"kartennummer", "card"}, {"número de tarjeta", "card"}, {"numero de tarjeta", "card"}, {"número do cartão", "card"},
	{"numéro de carte", "card"}, {"numero di carta", "card"}, {"kaartnummer", "card"}, {"numer karty", "card"}, {"номер карты", "card"}, {"カード番号", "card"}, {"卡号", "card"},
	{"one-time-code", "code"}, {"seed phrase", "code"}, {"recovery phrase", "code"}, {"security code", "code"}, {"verification code", "code"}, {"social security", "code"},
}

// secretWords are short ones, which count as whole words only.
var secretWords = map[string]string{
	"pass": "password", "pwd": "password", "pw": "password", "senha": "password", "haslo": "password", "heslo": "password", "parola": "password", "sifre": "password",
	"cvv": "card", "cvc": "card", "csc": "card",
	"pin": "code", "otp": "code", "tan": "code", "ssn": "code", "mnemonic": "code", "seedphrase": "code",
}
