// Package measure says how good verdicts are on mail of which the truth is
// known, and fits the weights of the findings to it. It is pure: samples in,
// figures out, the same every time.
//
// # What it trusts
//
// The labels, and that messages of one cluster are one campaign: a campaign is
// never split between fitting and judging.
//
// # Security
//
// Names of files and clusters are carried as they are; whoever shows them
// escapes them there.
//
// # Standards
//
// Intervals are Wilson's (Wilson 1927; Brown, Cai and DasGupta 2001), at 95 %.
//
// # Bugs
//
// The interval of a rate over campaigns takes each campaign as one draw, though
// its messages may be found in part.
package measure
