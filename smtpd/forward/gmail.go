package forward

// Gmail writes English words in every language and localises only the label of
// the sender; ten dashes before and nine after (ten after until 2018).
// Shape: public samples in English, German, Spanish, Czech, Polish, Ukrainian.
var gmailMarks = family{client: clientGmail, deco: '-', n: 10, lead: fieldFrom, words: map[string][]string{
	"": {"Forwarded message"},
}}

// HubSpot copies Gmail's drawing with its own translations.
var hubSpotMarks = family{client: clientHubSpot, deco: '-', n: 10, lead: fieldFrom, words: map[string][]string{
	"de":    {"Weitergeleitete Nachricht"},
	"es":    {"Mensaje reenviado"},
	"fi":    {"Edelleenlähetetty viesti"},
	"fr":    {"Message transféré"},
	"it":    {"Messaggio inoltrato"},
	"ja":    {"メッセージを転送", "転送されたメッセージ"},
	"nl":    {"Doorgestuurd bericht"},
	"pl":    {"Wiadomość przesłana dalej"},
	"pt-BR": {"Mensagem encaminhada"},
	"sv":    {"Vidarebefordrat meddelande"},
}}

// Missive draws ten dashes on both sides and quotes the body.
var missiveMarks = family{client: clientMissive, deco: '-', n: 10, lead: fieldFrom, words: map[string][]string{
	"": {"Forwarded message"},
}}
