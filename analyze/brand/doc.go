// Package brand is the registry of brands that scammers pretend to be: what
// they are called, which domains are theirs, who sends for them, and where they
// want to hear of abuse.
package brand
