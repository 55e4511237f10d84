package files

import (
	"strings"
	"unicode"
)

const (
	// toldText is how much of a message's text is looked at for a password, and
	// toldGap how far behind the word it may stand: "The password for the
	// attached archive is: x".
	toldText = 32 << 10
	toldGap  = 80
)

// PasswordWords gives the words for "password" in the languages that are met,
// in lower case, the longer ones of a language first.
func PasswordWords() []string {
	return []string{
		"password", "passcode", "passphrase", "passwort", "passwd", "kennwort", "mot de passe", "contraseña", "contrasena",
		"palavra-passe", "senha", "clave", "wachtwoord", "hasło", "haslo", "heslo", "jelszó", "parola d'ordine", "parola", "parolă", "lozinka",
		"пароль", "парола", "лозинка", "lösenord", "adgangskode", "kodeord", "passord", "salasana", "parool", "şifre", "sifre",
		"κωδικός", "mật khẩu", "kata sandi", "รหัสผ่าน", "סיסמה", "סיסמא", "كلمة المرور", "كلمة السر", "पासवर्ड",
		"密码", "密碼", "パスワード", "암호", "비밀번호", "pass", "pwd", "pw",
	}
}

// tellsPassword tells whether a message names a password: the word for it,
// and within a few words a colon, an equals sign or a quote with something
// behind, or digits.
func tellsPassword(subject, text string) bool {
	if len(text) > toldText {
		text = text[:toldText]
	}
	low := strings.ToLower(subject + "\n" + text)
	for _, w := range PasswordWords() {
		for rest := low; ; {
			i := strings.Index(rest, w)
			if i < 0 {
				break
			}
			before := rest[:i]
			rest = rest[i+len(w):]
			if wordGoesOn(before, rest, w) {
				continue
			}
			if names(rest[:min(len(rest), toldGap)]) {
				return true
			}
		}
	}
	return false
}

// wordGoesOn tells whether a Latin word is only a part of another one.
func wordGoesOn(before, after, w string) bool {
	letter := func(c byte) bool { return c >= 'a' && c <= 'z' }
	if !letter(w[0]) {
		return false
	}
	return before != "" && letter(before[len(before)-1]) || after != "" && letter(after[0])
}

// names tells whether what stands behind the word names a password.
func names(after string) bool {
	after, _, _ = strings.Cut(after, "\n\n")
	for i, r := range after {
		switch {
		case r == '.' || r == '?' || r == '!':
			return false // the sentence ends
		case r == ':' || r == '=' || r == '：':
			rest := strings.TrimSpace(after[i+len(string(r)):])
			return rest != "" && !strings.HasPrefix(rest, "http") && !strings.HasPrefix(rest, "//")
		case strings.ContainsRune("\"'`“”„«‘「", r):
			return true
		case unicode.IsDigit(r):
			return true
		}
	}
	return false
}
