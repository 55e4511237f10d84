package auth

import (
	"context"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
)

func (c *Checker) boundary(eml.Header, Trust) (*analyze.Boundary, []analyze.AuthResult, []string) {
	return nil, nil, nil
}

func (c *Checker) checkARC(context.Context, dns.Resolver, []byte, eml.Header, int, time.Time) []analyze.AuthResult {
	return nil
}
