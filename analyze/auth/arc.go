package auth

import (
	"context"
	"time"

	"reportascam/analyze"
	"reportascam/analyze/dns"
	"reportascam/analyze/eml"
)

func (c *Checker) checkARC(ctx context.Context, r dns.Resolver, raw []byte, h eml.Header, bodyStart int, at time.Time) []analyze.AuthResult {
	return nil
}
