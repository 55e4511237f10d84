package forward

// Desktop programs with a form of their own.

// kmailMarks is KMail: ten dashes with two blanks, and a rule below.
var kmailMarks = family{client: clientKMail, deco: '-', n: 10, lead: fieldSubject, words: map[string][]string{
	"de": {"Weitergeleitete Nachricht"}, "en": {"Forwarded Message"}, "fr": {"Message transféré", "Message retransmis"},
	"es": {"Mensaje reenviado"}, "it": {"Messaggio inoltrato"}, "nl": {"Doorgestuurd bericht"},
}}

// mailMateMarks is MailMate: the line is not quoted, the header below it is.
var mailMateMarks = family{client: clientMailMate, words: map[string][]string{
	"en": {"Forwarded message"},
}}

// genericMarks are words that no single client owns, in the forms that
// webmail, help desks and phones in these languages print.
var genericMarks = family{words: map[string][]string{
	"ar":      {"رسالة معاد توجيهها", "الرسالة المعاد توجيهها", "رسالة تمت إعادة توجيهها", "رسالة محولة"},
	"bg":      {"Препратено съобщение", "Препратен имейл"},
	"da":      {"Videresendt mail", "Videresendt e-mail"},
	"de":      {"Weitergeleitete E-Mail", "Weitergeleitete Mail"},
	"el":      {"Προωθημένο μήνυμα", "Προωθημένο email"},
	"en":      {"Forwarded message", "Forwarded mail", "Forwarded email", "Forwarded e-mail", "Begin forwarded message", "Start forwarded message", "Fwd message"},
	"es":      {"Correo reenviado", "Mensaje remitido", "Mensaje reenviado"},
	"et":      {"Edasisaadetud kiri", "Edastatud kiri", "Edasi saadetud kiri"},
	"fa":      {"پیام هدایت شده", "پیام ارسال شده"},
	"fr":      {"Courriel transféré", "E-mail transféré", "Message réexpédié"},
	"he":      {"הודעה שהועברה", "הודעה מועברת"},
	"hi":      {"अग्रेषित संदेश", "फ़ॉरवर्ड किया गया संदेश", "अग्रेषित किया गया संदेश"},
	"hr":      {"Proslijeđena poruka", "Prosljeđena poruka"},
	"hu":      {"Továbbított levél"},
	"id":      {"Pesan terusan", "Pesan yang diteruskan", "Pesan diteruskan"},
	"it":      {"Email inoltrata", "E-mail inoltrata"},
	"ja":      {"転送メッセージ", "転送されたメッセージ", "転送メール", "ここから転送されたメッセージ"},
	"ko":      {"전달된 메시지", "전달 메시지", "전달된 메일", "전달된 이메일"},
	"ms":      {"Mesej yang dimajukan"},
	"nb":      {"Videresendt e-post"},
	"nl":      {"Doorgestuurde e-mail", "Doorgezonden bericht"},
	"pl":      {"Wiadomość przekazana", "Przesłana wiadomość", "Przekazana wiadomość", "Wiadomość przekazana dalej"},
	"pt":      {"Mensagem reenviada", "E-mail encaminhado"},
	"ro":      {"Mesaj redirecționat", "Mesaj redirecţionat", "Mesaj forwardat", "Mesaj transmis mai departe"},
	"ru":      {"Пересланное сообщение", "Пересылаемое сообщение", "Пересланное письмо", "Пересылаемое письмо", "Перенаправленное сообщение"},
	"sk":      {"Preposlaná správa"},
	"sr":      {"Прослеђена порука", "Prosleđena poruka"},
	"sv":      {"Vidarebefordrat e-postmeddelande"},
	"th":      {"ข้อความที่ส่งต่อ", "ข้อความที่ถูกส่งต่อ"},
	"tr":      {"Yönlendirilen ileti", "İletilen mesaj", "Yönlendirilmiş mesaj"},
	"uk":      {"Переслане повідомлення", "Переслане письмо", "Переслане повідомлення", "Пересилається повідомлення"},
	"vi":      {"Thư được chuyển tiếp", "Thư chuyển tiếp", "Tin nhắn được chuyển tiếp", "Nội dung chuyển tiếp"},
	"zh-Hans": {"转发的邮件", "转发邮件", "转发的消息", "被转发的邮件"},
	"zh-Hant": {"轉寄的郵件", "轉寄郵件", "轉寄訊息", "轉發的郵件", "轉發郵件"},
}}
