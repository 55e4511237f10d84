package forward

// Phones and webmail. Most put "Original Message" above replies as well.

// samsungMarks is Samsung Email and the old Android mail program: eight
// dashes, and in the text part often the whole header on one line.
var samsungMarks = family{client: clientSamsung, deco: '-', n: 8, lead: fieldFrom, weak: true, words: originalMessage}

// ionosMarks is IONOS by 1&1 and other Open-Xchange webmail: ten dashes.
var ionosMarks = family{client: clientIONOS, deco: '-', n: 10, lead: fieldFrom, weak: true, words: originalMessage}

// roundcubeMarks is Roundcube: eight dashes, subject first.
var roundcubeMarks = family{client: clientRoundcube, deco: '-', n: 8, lead: fieldSubject, weak: true, words: originalMessage}

// fastmailMarks is Fastmail: five dashes with blanks.
var fastmailMarks = family{client: clientFastmail, deco: '-', n: 5, lead: fieldFrom, weak: true, words: map[string][]string{
	"en": {"Original message"},
}}

// protonMarks is Proton Mail: seven dashes, then a quoted body.
var protonMarks = family{client: clientProton, deco: '-', n: 7, lead: fieldFrom, words: map[string][]string{
	"cs":    {"Přeposlaná zpráva"},
	"de":    {"Weitergeleitete Nachricht"},
	"en":    {"Forwarded Message"},
	"es":    {"Mensaje reenviado"},
	"fr":    {"Message transféré"},
	"it":    {"Messaggio inoltrato"},
	"nl":    {"Doorgestuurd bericht"},
	"pl":    {"Wiadomość przekazana dalej", "Przekazana wiadomość"},
	"pt-BR": {"Mensagem encaminhada"},
	"ru":    {"Пересылаемое сообщение"},
	"tr":    {"İletilen ileti"},
}}

// zohoMarks is Zoho Mail: twelve equals signs, above and below the header.
var zohoMarks = family{client: clientZoho, deco: '=', n: 12, lead: fieldFrom, words: map[string][]string{
	"":   {"Forwarded message"},
	"de": {"Weitergeleitete Nachricht"}, "es": {"Mensaje reenviado"}, "fr": {"Message transféré"},
	"it": {"Messaggio inoltrato"}, "ja": {"転送メッセージ", "転送されたメッセージ"}, "nl": {"Doorgestuurd bericht"},
	"pt": {"Mensagem encaminhada"}, "zh-Hans": {"转发的邮件", "转发邮件"},
}}
