package hostile

import "strings"

const htmlType = "text/html; charset=utf-8"

func pages() []Sample {
	return append(pagesOfMarkup(), pagesOfLinks()...)
}

func pagesOfMarkup() []Sample {
	return []Sample{
		page("nested-divs", "", "<div>", "deep", 200_000),
		page("nested-spans", "", "<span style='font-size:0'>x", "", 100_000),
		page("nested-tables", "", "<table><tr><td>", "x", 100_000),
		page("nested-lists", "", "<ul><li>", "x", 100_000),
		page("nested-fonts", "", "<b><i><u><font color=red>", "</p>", 50_000),
		page("nested-anchors", "", "<a href=http://a.example/><b>", "</a>", 50_000),
		page("unclosed-then-closed", strings.Repeat("<i>", 50_000), "</p></b></div>", "", 50_000),
		page("misnested", "", "<b><p></b></p>", "", 100_000),
		page("dd-in-dt", "", "<dt><div><dd><div>", "", 50_000),
		page("million-attributes", "<a ", "a ", " href=http://a.example/>x</a>", 1_000_000),
		numbered("distinct-attributes", htmlType, "<a ", "a%d=1 ", " href=http://a.example/>x</a>", 500_000),
		page("handlers", "<a ", "onclick=\"location='http://a.example/'\" ", ">x</a>", 200_000),
		page("fifty-megabytes", "", "<p>Dear customer, your PayPal account is <b>limited</b>. <a href=\"http://login.example/\">Sign in</a></p>\r\n", "", 500_000),
		page("fifty-megabytes-of-text", "", "confirm your password account suspended verify ", "", 1_100_000),
		page("entities", "", "&amp;lt;&#x41;&nbsp;&CounterClockwiseContourIntegral;", "", 200_000),
		page("broken-entities", "", "&#9999999999;&#x;&;&notit;", "", 300_000),
		page("long-entity", "", "&", "", 4_000_000),
		page("style-flood", "<style>", "a{background:url(http://a.example/x)}", "</style>", 200_000),
		page("style-unclosed", "<style>", "url(", "", 1_000_000),
		page("style-attributes", "", "<p style='display:block;color:red;background:url(x);font-size:1px;width:0'>x</p>", "", 100_000),
		page("style-long", "<p style='", "color:red;", "'>x</p>", 1_000_000),
		page("comments", "", "<!-- x -->", "", 500_000),
		page("comment-unclosed", "", "<!--", "", 1_000_000),
		page("conditional-comments", "", "<!--[if mso]><a href=http://a.example/>x</a><![endif]-->", "", 100_000),
		page("conditional-nested", "", "<!--[if mso]><div>", "<![endif]-->", 100_000),
		page("noscript", "", "<noscript><div>", "x", 100_000),
		page("textarea", "<textarea>", "</textare", "", 1_000_000),
		page("script-flood", "", "<script>location='http://a.example/'</script>", "", 100_000),
		page("hidden-text", "<div style='display:none'>", "account suspended password ", "</div>", 500_000),
		page("zero-width", "", "P\u200ba\u200cy\u200dP\u2060al ", "", 300_000),
		page("zero-width-entities", "", "p&zwnj;a&shy;y&#8203;", "", 300_000),
		page("less-than", "", "<", "", 4_000_000),
		page("open-tags", "", "<a", "", 2_000_000),
		page("nul", "", "<p\x00>\x00", "", 1_000_000),
		page("cdata", "", "<![CDATA[<a>]]>", "", 300_000),
		page("doctypes", "", "<!DOCTYPE html>", "", 300_000),
		page("svg", "", "<svg><g><foreignObject><p>", "", 50_000),
		page("select", "<select>", "<option>PayPal", "", 300_000),
		page("input-passwords", "", "<form action=http://a.example/><input type=password>", "", 100_000),
		page("table-code", "<table>", "<tr>"+strings.Repeat("<td bgcolor=black><td bgcolor=white>", 80)+"</tr>", "</table>", 1_000),
		page("blocks-code", "<pre>", strings.Repeat("█▀▄ ", 40)+"\n", "</pre>", 5_000),
		page("combining-marks", "a", "\u0301", "", 1_000_000),
	}
}

func pagesOfLinks() []Sample {
	deep := "http://a.example/?u="
	for range 6 {
		deep += strings.Repeat("http%253A%252F%252Fb.example%252F%253Fu%253D", 40)
	}
	return []Sample{
		numbered("hundred-thousand-links", htmlType, "", "<a href=\"http://h%d.example/\">x</a>", "", 200_000),
		numbered("lookalike-hosts", htmlType, "", "<a href=\"https://paypa1-login-%d.com/\">PayPal</a>", "", 20_000),
		numbered("idn-hosts", htmlType, "", "<a href=\"https://pаypаl-%d.com/\">x</a>", "", 20_000),
		page("base-chain", "", "<base href='http://a.example/x/'>", "<a href=y>z</a>", 100_000),
		page("base-relative", "<base href='http://a.example/"+strings.Repeat("d/", 10_000)+"'>", "<a href='../x'>z</a>", "", 50_000),
		page("srcset", "<img srcset='", "http://a.example/x 1x, ", "'>", 300_000),
		page("srcsets", "", "<img srcset='a 1x, b 2x, c 3x'>", "", 100_000),
		page("srcdoc", "", "<iframe srcdoc='<iframe srcdoc=&quot;<a href=http://a.example/>x</a>&quot;>'></iframe>", "", 50_000),
		page("meta-refresh", "", "<meta http-equiv=refresh content='0;url=http://a.example/'>", "", 100_000),
		page("long-address", "<a href='http://a.example/", "a/../%2e%2e/;@:", "'>x</a>", 1_000_000),
		page("slashes", "<a href='http:", "//////\\\\", "'>x</a>", 1_000_000),
		page("user-info", "<a href='http://", "a:b@", "c.example/'>x</a>", 1_000_000),
		page("dots", "<a href='http://", "a.", "example/'>x</a>", 1_000_000),
		page("redirect-chain", "<p>", "<a href='"+deep+"'>x</a>", "</p>", 2_000),
		page("link-text", "<a href='http://a.example/'>", "www.paypal.com ", "</a>", 300_000),
		page("alt-flood", "", "<img alt='PayPal logo' src=http://a.example/x>", "", 200_000),
		page("data-links", "", "<a href='data:text/html,<a href=http://a.example/>x</a>'>x</a>", "", 100_000),
		page("mailto-flood", "", "<a href='mailto:a@b.example?subject=x'>x</a>", "", 100_000),
	}
}
