// Package links finds what a reader of a message could follow or call: links,
// forms and buttons of HTML, addresses in plain text, in list fields and in
// attached pages, PDFs, calendars, drawings, RTF, texts and messages, and the
// indicators by which a scam can be found again. It undoes rewriters and
// redirectors whose address holds the target, and reads QR codes in pictures,
// in the pictures of PDFs, and drawn with characters or cells of a table.
//
// # What it trusts
//
// Nothing. Every string is the scammer's, and no link is ever opened. The
// embedded public suffix list of golang.org/x/net says where a registrable
// domain begins.
//
// # Security
//
// HTML is read as a stream of tokens, never as a tree: html.Parse gives an
// error and no tree beyond 512 open elements, so a few hundred <div> would
// blind it. Bytes, tokens, links and text are bounded, and the work is linear
// in the input. What is given back is hostile text: who shows it escapes it,
// with Defang where a person could click on it.
//
// # Standards
//
// URLs are parsed as browsers do (WHATWG URL), because net/url gives another
// host for many of the forms that scammers use. Host names are lower-case
// A-labels (RFC 5890 section 2.3.2.1). Bitcoin addresses are BIP 13, 173 and
// 350; Ethereum's checksum is EIP-55.
//
// # Bugs
//
// Style sheets are not applied: text hidden by a class is read as visible. Text
// in the colour of its ground is counted, and read as visible all the same: a
// class may have coloured the ground. Scripts are not run.
package links
