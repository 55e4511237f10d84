package forward

// Outlook puts no words above what it forwards but a rule, or nothing at all;
// its plain text form has "Original Message" above forwards and replies alike.
// Five dashes, no blanks. Words per language as the programs print them.
var outlookMarks = family{client: clientOutlook, deco: '-', n: 5, lead: fieldFrom, weak: true, words: originalMessage}

// originalMessage are the words that several clients put above a quoted
// message, reply or forward.
var originalMessage = map[string][]string{
	"ar":      {"الرسالة الأصلية", "رسالة أصلية"},
	"bg":      {"Оригинално съобщение", "Първоначално съобщение", "Оригинално писмо"},
	"ca":      {"Missatge original"},
	"cs":      {"Původní zpráva"},
	"da":      {"Oprindelig meddelelse", "Original meddelelse", "Oprindelig besked", "Original besked"},
	"de":      {"Ursprüngliche Nachricht", "Originalnachricht", "Original-Nachricht", "Originale Nachricht"},
	"el":      {"Αρχικό μήνυμα", "Αρχικό Μήνυμα", "Αυθεντικό μήνυμα"},
	"en":      {"Original Message", "Original e-mail", "Original email", "Original appointment"},
	"es":      {"Mensaje original"},
	"et":      {"Algne sõnum", "Algne kiri", "Algsõnum"},
	"fi":      {"Alkuperäinen viesti"},
	"fr":      {"Message d'origine", "Message original", "Message initial", "Courriel original"},
	"he":      {"הודעה מקורית", "ההודעה המקורית"},
	"hi":      {"मूल संदेश", "मूल मैसेज"},
	"hr":      {"Izvorna poruka", "Originalna poruka"},
	"hu":      {"Eredeti üzenet", "Eredeti levél"},
	"id":      {"Pesan Asli", "Pesan asal"},
	"it":      {"Messaggio originale", "Messaggio Originale"},
	"ja":      {"元のメッセージ", "オリジナルメッセージ", "Original Message"},
	"ko":      {"원본 메시지", "원본 메일", "원본 이메일"},
	"lt":      {"Pradinis laiškas", "Originalus laiškas", "Pradinis pranešimas"},
	"lv":      {"Sākotnējais ziņojums", "Oriģinālā ziņa"},
	"nb":      {"Opprinnelig melding", "Original melding"},
	"nl":      {"Oorspronkelijk bericht", "Origineel bericht", "Oorspronkelijk e-mailbericht"},
	"pl":      {"Oryginalna wiadomość", "Wiadomość oryginalna", "Treść oryginalnej wiadomości"},
	"pt":      {"Mensagem original", "Mensagem Original"},
	"ro":      {"Mesaj original", "Mesajul original", "Mesaj iniţial", "Mesaj inițial"},
	"ru":      {"Исходное сообщение", "Оригинальное сообщение", "Исходное письмо"},
	"sk":      {"Pôvodná správa", "Originálna správa"},
	"sl":      {"Izvirno sporočilo"},
	"sr":      {"Оригинална порука", "Originalna poruka", "Изворна порука"},
	"sv":      {"Ursprungligt meddelande", "Originalmeddelande", "Ursprungsmeddelande"},
	"th":      {"ข้อความต้นฉบับ", "ข้อความเดิม"},
	"tr":      {"Özgün İleti", "Orijinal Mesaj", "Orijinal mesaj", "Orijinal İleti"},
	"uk":      {"Вихідне повідомлення", "Оригінальне повідомлення", "Початкове повідомлення"},
	"vi":      {"Tin nhắn gốc", "Thư gốc", "Thư ban đầu"},
	"zh-Hans": {"原始邮件", "邮件原件", "原邮件"},
	"zh-Hant": {"原始郵件", "原始訊息", "原始邮件"},
}
