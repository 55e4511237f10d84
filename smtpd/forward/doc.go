// Package forward finds the suspicious messages inside a report: whatever
// program, language or format somebody forwarded them in.
//
// Find gives each of them as an analyze.Original with how it came, what of it
// can still be verified (its grade), and what the forward destroyed (lost).
//
// # Which message is the original
//
// 1. A report with Resent-* fields is itself the original: it was redirected
// (RFC 5322 section 3.6.6), and its From is the scammer's.
//
// 2. A feedback report (RFC 5965) holds its original as a part of it, an XARF
// report as its evidence.
//
// 3. Every attached message is an original, by media type, by file name or by
// what it looks like. A quoted message in the body is one too, unless it is
// one of those that are attached.
//
// 4. A report whose From is not the envelope sender's domain, and that names
// us in neither To nor Cc, was redirected without a trace: it is an original
// itself, after the ones that it holds, because the forward that it shows may
// be the scammer's own invention.
//
// 5. Otherwise what the reporter wrote is the original, as pasted text.
//
// # Messages inside messages
//
// A colleague or a help desk forwards on what was forwarded to them, and the
// scam is then the innermost message. But a scammer can wrap as well: a scam
// that carries somebody's honest message as an attachment must not be judged
// by the honest message. So an attached message is opened further only when it
// is plainly a personal forward: it holds another message, has no attachment,
// link or phone number of its own and no more text than a short note. If it
// comes from the reporter's own house as well (the same address, or the same
// registered domain where that is no public mail provider) the inner message
// takes its place and Chain names the outer one. If it comes from elsewhere,
// both are originals, the outer one first, so that neither escapes. In all
// other cases the outer message is the original and the inner one is one of
// its attachments. The same rule holds for quoted forwards in quoted forwards.
//
// # Files that hold messages
//
// Zip archives, mailbox files, S/MIME signed data and Outlook's files are opened,
// and the messages in them are originals like those that are attached as they
// are. One that holds no message is a file of the report. Encrypted archives
// are tried with the passwords that the message around them and the report
// name, and with the usual ones. A signature around the body of the report, or
// of an original, is looked through: Raw keeps it.
//
// The source of a message that stands in the body as text is an original of
// grade headers. Chain names the report then: such a header proves nothing.
//
// # Bounces
//
// What a server says about the delivery of a message is no report, and the
// message inside was reported by nobody: Find gives none. What merely came with
// the empty reverse-path is taken as pasted text, and what it carries is left.
//
// # Files
//
// Each family of clients has a file with the lines that it puts above what it
// forwards: apple, desktop, gmail, outlook, thunderbird, webmail, yahoo. The
// labels of quoted headers are in languages, for all of them.
//
// # What it trusts
//
// Nothing. A quoted header is what a client printed and a person could edit:
// grade text says so.
//
// # Security
//
// All work is linear in the size of the report, with a named limit on lines,
// depth and count. What archives decompress to, and the passwords tried, are
// bounded for the whole report. Names in archives are never used as paths. What
// lies past a limit is noted in Defects. All strings that come out are valid UTF-8 and hostile.
//
// # Standards
//
// RFC 5322, RFC 2046 sections 5.1.5 and 5.2.1, RFC 5965, RFC 6522, RFC 3464,
// RFC 8098, RFC 4155 (mailbox files), RFC 8551 (S/MIME), PKWARE APPNOTE.TXT,
// XARF 3 and 4.
//
// # Bugs
//
// A bounce without any mark of one, in a language that bounceSubject does not
// know, counts as a report of what it carries. An answer with a new subject
// over a bare quoted header counts as a forward, unless it goes to the one whom
// it quotes.
//
// Archives of other kinds than zip (7z, RAR, ISO) are not opened, nor is strong
// encryption as PKWARE has it. Encrypted S/MIME is not opened: nobody but its
// recipient can. The report buttons are known by the marks that public samples
// show, and most of them can be renamed by whoever sets them up.
//
// What is only in an OLE object or behind a reference of an Outlook item is not
// read, nor is the body of a signed one. A scam that was
// forwarded as a picture is only an attachment of pasted text. Where a text
// part has no HTML beside it, a signature that the client put below the quoted
// message cannot be told from the message.
package forward
