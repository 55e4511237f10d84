package hostile

import "strings"

func texts() []Sample {
	const kinds = "text/plain; charset=utf-8"
	return []Sample{
		// Bait for the expressions, and what their prefilters look for.
		plain("merge-braces", "{{", 2_000_000),
		plain("merge-open", "{{aaaaaaaaaaaa", 300_000),
		plain("merge-percent", "%a%%", 1_000_000),
		plain("merge-brackets", "[-[email", 500_000),
		plain("merge-hash", "#email", 700_000),
		plain("code-colours", "#abcdef ", 500_000),
		plain("script-tags", "<script <title <!-- <body ", 200_000),
		plain("meta-charset", "<meta charset", 300_000),
		// Addresses.
		numbered("addresses", kinds, "", "a%d@b.example ", "", 1_000_000),
		plain("at-signs", "@", 4_000_000),
		plain("at-words", "a@a.", 1_000_000),
		numbered("urls", kinds, "", "http://h%d.example/x ", "", 300_000),
		plain("urls-joined", "http://a.example,", 300_000),
		plain("urls-nested", "(http://a.example/[", 300_000),
		plain("schemes", "https:", 700_000),
		plain("www", "www.", 1_000_000),
		plain("defanged", "hxxp[:]//a[.]example(.)com[dot]x ", 150_000),
		plain("dots", ".", 4_000_000),
		plain("dotted-words", "a.b.", 1_000_000),
		plain("one-word", "a", 8_000_000),
		plain("bare-hosts", "paypal.com.evil.co.uk;", 200_000),
		plain("wallets", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2 bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq ", 60_000),
		plain("wallet-likes", "11111111111111111111111111111111 ", 150_000),
		plain("phones", "+1 (800) 555-0100 ", 250_000),
		plain("phone-runs", "+1-", 1_500_000),
		plain("numbers", "8005550100", 500_000),
		// Words.
		plain("lure-words", "verify your account password suspended invoice payment parcel prize urgent gift card bitcoin ", 60_000),
		plain("lure-stars", "verif confirm suspend unusual updat ", 150_000),
		plain("lure-many-languages", "konto bestätigen cuenta contraseña compte vérifier аккаунт пароль 账户 密码 アカウント ", 60_000),
		plain("spaced-letters", "v e r i f y ", 400_000),
		plain("dotted-letters", "v.e.r.i.f.y ", 400_000),
		plain("brand-names", "PayPal Microsoft Amazon Apple DHL Netflix Google Bank of America ", 80_000),
		plain("brand-disguised", "PаyPаl Micros0ft Arnazon АррІе ", 150_000),
		plain("brand-spaced", "P a y P a l ", 400_000),
		plain("brand-one-word", "paypalmicrosoftamazonapple", 200_000),
		plain("random-words", "xkcdqwzt hjklqwpz ", 300_000),
		plain("combining", "a\u0301\u0302\u0303\u0304", 500_000),
		plain("right-to-left", "\u202elapyap\u202c ", 300_000),
		plain("right-to-left-open", "\u202e", 1_500_000),
		plain("styled", strings.Repeat("\U0001d5e3\U0001d5ee\U0001d606 ", 10), 30_000),
		plain("han", "您的账户已被冻结请立即登录验证", 100_000),
		plain("thai", "บัญชีของคุณ", 100_000),
		plain("zero-width-words", "p\u200ba\u200by\u200b", 400_000),
		plain("invalid-utf8", "\xff\xc0\x80\xed\xa0\x80", 700_000),
		plain("lines", "\n", 8_000_000),
		plain("carriage-returns", "\r", 8_000_000),
		plain("quotes", "> > > > > > > > ", 300_000),
		plain("quoted-headers", "\r\n> From: a@b.example\r\n> Sent: Monday\r\n> To: c@d.example\r\n> Subject: x\r\n", 50_000),
		plain("forward-marks", "\r\n---------- Forwarded message ----------\r\nFrom: a@b.example\r\n\r\n", 60_000),
		plain("original-marks", "-----Original Message-----\r\n", 150_000),
		plain("tabs", "\t \u00a0\u3000", 700_000),
	}
}
