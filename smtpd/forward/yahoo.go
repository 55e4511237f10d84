package forward

// Yahoo Mail: five dashes on both sides. Its text part often has the whole
// header on the line of the mark, without a blank between the fields.
var yahooMarks = family{client: clientYahoo, deco: '-', n: 5, lead: fieldFrom, words: map[string][]string{
	"cs":      {"Přeposlaná zpráva"},
	"da":      {"Videresendt meddelelse"},
	"de":      {"Weitergeleitete Nachricht"},
	"el":      {"Προωθημένο μήνυμα"},
	"en":      {"Forwarded Message"},
	"es":      {"Mensaje reenviado"},
	"fi":      {"Edelleenlähetetty viesti"},
	"fr":      {"Message transmis", "Message transféré"},
	"hu":      {"Továbbított üzenet"},
	"id":      {"Pesan yang Diteruskan"},
	"it":      {"Messaggio inoltrato"},
	"nb":      {"Videresendt melding"},
	"nl":      {"Doorgestuurd bericht"},
	"pl":      {"Przekazana wiadomość"},
	"pt":      {"Mensagem reencaminhada"},
	"pt-BR":   {"Mensagem encaminhada"},
	"ro":      {"Mesaj redirecționat"},
	"ru":      {"Пересылаемое сообщение"},
	"sk":      {"Preposlaná správa"},
	"sv":      {"Vidarebefordrat meddelande"},
	"tr":      {"İletilmiş Mesaj"},
	"uk":      {"Перенаправлене повідомлення"},
	"vi":      {"Thư đã chuyển tiếp"},
	"zh-Hant": {"轉寄的郵件", "轉寄郵件"},
	"zh-Hans": {"转发的邮件"},
	"ko":      {"전달된 메시지"},
	"th":      {"ข้อความที่ส่งต่อ"},
}}
