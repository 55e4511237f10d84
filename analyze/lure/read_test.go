package lure

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"reportascam/analyze"
)

func TestLanguage(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Please confirm that you have received the parcel and let us know if it is not for you.", "en"},
		{"Bitte bestätigen Sie, dass Sie das Paket erhalten haben, und geben Sie uns Bescheid.", "de"},
		{"Wilt u ons laten weten of het pakket is aangekomen en of u er nog vragen over heeft?", "nl"},
		{"Merci de nous dire si vous avez reçu le colis et si la facture est dans votre espace.", "fr"},
		{"Por favor, confirme que ha recibido el paquete y que los datos de su cuenta son correctos.", "es"},
		{"Por favor, confirme que você recebeu a encomenda e que os dados não estão errados.", "pt"},
		{"Le chiediamo di confermare che il pacco è stato consegnato e che non ci sono problemi con la spedizione.", "it"},
		{"Prosimy o potwierdzenie, że paczka została dostarczona i czy nie ma z nią problemów.", "pl"},
		{"Vänligen bekräfta att du har fått paketet och att det inte är skadat.", "sv"},
		{"Lütfen paketin size ulaştığını ve bir sorun olmadığını bizim için onaylayın.", "tr"},
		{"Пожалуйста, подтвердите, что вы получили посылку и что с ней все в порядке.", "ru"},
		{"Будь ласка, підтвердіть, що ви отримали посилку і з нею все гаразд.", "uk"},
		{"お荷物をお受け取りになりましたら、確認のご連絡をお願いいたします。", "ja"},
		{"请确认您已经收到包裹，并告诉我们是否有任何问题。", "zh"},
		{"يرجى تأكيد استلام الطرد وإبلاغنا إذا كانت هناك أي مشكلة.", "ar"},
		{"소포를 받으셨는지 확인해 주시기 바랍니다.", "ko"},
		{"Παρακαλούμε επιβεβαιώστε ότι λάβατε το δέμα.", "el"},
		{"Venligst bekræft at du har modtaget pakken og at den ikke er beskadiget hvis det er muligt.", "da"},
		{"Vahvista että olet saanut paketin ja että se ei ole vahingoittunut.", "fi"},
		{"Prosím potvrďte, že jste zásilku obdrželi a že není poškozená, nebo nám napište.", "cs"},
		{"Vă rugăm să confirmați că ați primit coletul și că nu este deteriorat.", "ro"},
		{"Kérjük, erősítse meg, hogy megkapta a csomagot, és hogy az nem sérült.", "hu"},
		{"Silakan konfirmasi bahwa paket untuk anda telah sampai dan tidak rusak.", "id"},
		{"", ""},
		{"12345 67890", ""},
		{"Xqz", ""},
	}
	for _, tt := range tests {
		if got := Language(tt.text); got != tt.want {
			t.Errorf("Language(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestRead(t *testing.T) {
	tests := []struct {
		text string
		kind analyze.LureKind
		lang string
	}{
		{"Your account has been limited. Please verify your identity within 24 hours.", analyze.LureCredential, "en"},
		{"Ihr Konto wurde eingeschränkt. Bitte bestätigen Sie Ihre Daten innerhalb von 24 Stunden.", analyze.LureCredential, "de"},
		{"Uw rekening is geblokkeerd. Bevestig uw gegevens om dit te voorkomen.", analyze.LureSuspension, "nl"},
		{"Votre colis est en attente : réglez les frais de livraison.", analyze.LureParcel, "fr"},
		{"Su paquete está retenido en aduana. Confirme su dirección y pague los gastos.", analyze.LureParcel, "es"},
		{"Seus pontos expiram hoje! Resgate agora no aplicativo.", analyze.LurePoints, "pt"},
		{"Congratulazioni! Sei stato selezionato per ricevere un premio.", analyze.LurePrize, "it"},
		{"Twoja paczka została wstrzymana. Dopłać 2,99 zł.", analyze.LureParcel, "pl"},
		{"Ditt konto har spärrats. Bekräfta dina uppgifter.", analyze.LureSuspension, "sv"},
		{"Hesabınız askıya alındı. Bilgilerinizi doğrulayın.", analyze.LureSuspension, "tr"},
		{"Ваш аккаунт заблокирован. Подтвердите данные.", analyze.LureSuspension, "ru"},
		{"お客様のアカウントは一時的に利用が制限されています。", analyze.LureSuspension, "ja"},
		{"您的邮箱容量已满，请立即升级。", analyze.LureMailbox, "zh"},
		{"تم تعليق حسابك، يرجى تحديث بياناتك.", analyze.LureSuspension, "ar"},
		{"Your mailbox is almost full, incoming mail is on hold.", analyze.LureMailbox, "en"},
		{"I am the widow of the late Mr Doe and want to donate $4.5 million through you.", analyze.LureAdvance, "en"},
		{"I recorded a video of you with your webcam. Send $900 in bitcoin within 48 hours or all your contacts get it.", analyze.LureExtortion, "en"},
		{"Are you available? I need you to run a quick task, send me your cell number.", analyze.LureBoss, "en"},
		{"If you did not authorize this charge of $399.99 call our helpdesk at +1 (888) 555-0100.", analyze.LureCallback, "en"},
		{"Scan now: your device may be infected, five viruses detected.", analyze.LureVirus, "en"},
		// The same with the tricks of those who do not want it found.
		{"Yоur ассоunt hаs been ѕuѕреndеd", analyze.LureSuspension, "en"},
		{"Y\u200bour acc\u200bount has been sus\u200bpended", analyze.LureSuspension, "en"},
		{"𝗬𝗼𝘂𝗿 𝗮𝗰𝗰𝗼𝘂𝗻𝘁 𝗵𝗮𝘀 𝗯𝗲𝗲𝗻 𝘀𝘂𝘀𝗽𝗲𝗻𝗱𝗲𝗱", analyze.LureSuspension, "en"},
		{"Your a.ccount has been s-uspended", analyze.LureSuspension, "en"},
		{"Your acc0unt has been 5uspended, suspend3d", analyze.LureSuspension, "en"},
		{"YOUR ACCOUNT WlLL BE LlMITED", analyze.LureSuspension, "en"},
		{"Your\naccount has been\nsuspended", analyze.LureSuspension, "en"},
		{"お客様のアカウ\nントは一時的に利用が制限\nされています。", analyze.LureSuspension, "ja"},
	}
	for _, tt := range tests {
		r := Read(Field{"Subject", ""}, Field{"text", tt.text})
		i := slices.IndexFunc(r.Lures, func(l analyze.Lure) bool { return l.Kind == tt.kind })
		if i < 0 {
			t.Errorf("Read(%q) finds %v, want %s", tt.text, r.Lures, tt.kind)
			continue
		}
		if l := r.Lures[i]; l.Lang != tt.lang || l.Where != "text" || len(l.Spans) == 0 {
			t.Errorf("Read(%q) = %+v, want lang %s in text", tt.text, l, tt.lang)
		}
	}
}

func TestReadLeavesHonestTextAlone(t *testing.T) {
	tests := []string{
		"Hi Ann, shall we meet on Thursday at eight? I will bring the printed notes.",
		"The build failed at step 4; see the log. I pushed a fix to the branch and will merge it later.",
		"Hallo Jan, kommst du heute Abend mit ins Kino? Die Karten liegen bei mir.",
		"Bonjour, la réunion de jeudi est déplacée à 10 h, salle 12.",
		"議事録を送ります。次回の会議は木曜日です。",
		"Hola Ana, te mando las fotos de la excursión del domingo. Un abrazo.",
	}
	for _, text := range tests {
		for _, l := range Read(Field{"Subject", ""}, Field{"text", text}).Lures {
			if l.Strength >= 0.45 {
				t.Errorf("Read(%q) finds %+v", text, l)
			}
		}
	}
}

func TestReadCountsTricks(t *testing.T) {
	r := Read(Field{"Subject", "𝗬𝗼𝘂𝗿 parcel"}, Field{"text", "Rеаd th\u200bis s.ecure e-mail now"})
	if r.Styled != 1 || r.Mixed != 1 || r.Broken != 1 || r.Spaced != 1 || r.Words != 7 || r.Body != 5 {
		t.Errorf("Read = %+v, want one of each, 7 words, 5 below the subject", r)
	}
}

func TestSpansPointIntoTheirField(t *testing.T) {
	text := "Dear customer, 🙂 your account has been suspended."
	r := Read(Field{"Subject", "Hello"}, Field{"html", text})
	for _, l := range r.Lures {
		for _, s := range l.Spans {
			if got := text[s.Start:s.End]; l.Kind == analyze.LureSuspension && !strings.Contains(got, "account has been suspended") {
				t.Errorf("span of %s is %q", l.Kind, got)
			}
		}
	}
	if len(r.Lures) == 0 {
		t.Error("no lure, want one")
	}
}

// TestLongTextIsReadAtBothEnds: padding does not push the end out of sight.
func TestLongTextIsReadAtBothEnds(t *testing.T) {
	text := strings.Repeat("lorem ipsum ", 20_000) + "Your account has been suspended."
	r := Read(Field{"Subject", "Hello"}, Field{"text", text})
	if len(r.Lures) == 0 {
		t.Fatal("nothing found at the end of a long text")
	}
	if s := r.Lures[0].Spans[0]; !strings.Contains(text[s.Start:s.End], "account") {
		t.Errorf("span is %q", text[s.Start:s.End])
	}
}

func TestReadBookRefuses(t *testing.T) {
	tests := []struct{ text, want string }{
		{"credential 0.5: NONE", "no class"},
		{"robbery 0.5: \"x\"", "no such kind"},
		{"credential 1.5: \"x\"", "strength"},
		{"credential 0.5 99: \"x\"", "window"},
		{"WORD = a word", "no pattern uses"},
		{"credential 0.5: \"...\"", "nothing to look for"},
		{"nonsense", "neither"},
	}
	for _, tt := range tests {
		if _, err := readBook(oneFile(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("readBook(%q) = %v, want %q", tt.text, err, tt.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Your account", "Y\u200bour 𝗮𝗰𝗰𝗼𝘂𝗻𝘁 has been sus-pended, verify within 24 hours $500 €")
	f.Add("", "お客様のアカウ\nントは 制限 $ 100 円")
	f.Add("a.b.c", "\xff\xfe e-m-a-i-l 1.000,5 الحساب ")
	f.Fuzz(func(t *testing.T, subject, text string) {
		if len(text) > 1<<17 || !utf8.ValidString(text) || !utf8.ValidString(subject) {
			return
		}
		r := Read(Field{"Subject", subject}, Field{"text", text})
		for _, l := range r.Lures {
			if l.Strength < minStrength || l.Strength > 1 || len(l.Spans) == 0 || len(l.Spans) > maxSpans || !l.Kind.Known() {
				t.Fatalf("odd lure %+v", l)
			}
			for _, s := range l.Spans {
				src := map[string]string{"Subject": subject, "text": text}[s.Field]
				if s.Start < 0 || s.Start >= s.End || s.End > len(src) || !utf8.ValidString(src[s.Start:s.End]) {
					t.Fatalf("span %+v of %d octets", s, len(src))
				}
			}
		}
		if again := Read(Field{"Subject", subject}, Field{"text", text}); !slices.EqualFunc(r.Lures, again.Lures, func(a, b analyze.Lure) bool { return a.Kind == b.Kind && a.Strength == b.Strength }) {
			t.Fatal("the same text gives other lures")
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for _, tt := range []struct{ name, text string }{
		{"mail", strings.Repeat("We noticed that the parcel you ordered last week could not be delivered. Please have a look at the details and choose a day. ", 8)},
		{"bait", strings.Repeat("verify confirm account suspended click now your ", 1365)},
		{"styled", strings.Repeat("𝗬𝗼𝘂𝗿 ", 3800)},
		{"wide", strings.Repeat("お客様のアカウントは確認", 1800)},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.SetBytes(int64(len(tt.text)))
			for b.Loop() {
				Read(Field{"Subject", "Delivery"}, Field{"text", tt.text})
			}
		})
	}
}
