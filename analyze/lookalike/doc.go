// Package lookalike finds which protected domain a name was made to resemble.
package lookalike
