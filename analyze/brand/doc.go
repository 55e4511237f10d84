// Package brand is the registry of brands that scammers pretend to be: what
// they are called, which domains are theirs, who sends for them, and where they
// want to hear of abuse. It tells which brand a reader would take a message to
// be from.
//
// # What it trusts
//
// The registry that ships with the program, or the one that the operator
// loads, with the operator's own files over it (With). A claim is only a claim:
// whether the brand sent the message is decided by authentication, and by Info.
//
// # Security
//
// Info is a ground of every "authentic". A domain where anyone can get an
// address proves nothing, even where a company runs it for its own mail too
// (yahoo.com, orange.fr): Info names both facts. Nor does what rests on one
// source alone (Unchecked), or may be one of many houses (House). What a brand's
// agencies send from (SendsFrom) excuses an address and proves nothing. Public
// suffixes can be owned by states alone. Text is bounded, and the work is linear
// in it: disguises are undone word by word, never by search.
//
// # Standards
//
// Words are compared by UTS 39 skeletons, with the additions of package
// lookalike; right-to-left overrides are shown as by UAX 9. Countries are ISO 3166-1 alpha-2.
//
// # Bugs
//
// Local savings banks and cooperative banks (Sparkasse, Volksbank) have some
// hundreds of domains of their own, which are not listed: mail of theirs is
// never authentic, and a name of theirs without a hyphen is not known for a house. Names drawn as an
// image are not read, only their alternative texts. Text in the colour of its
// ground counts as seen. Acronyms of up to four letters are not looked for in
// disguise by look-alike ASCII (DH1), only in foreign letters and spaced out.
package brand
