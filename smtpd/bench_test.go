package smtpd

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// discard is a Handler without a disk.
type discard struct{}

func (discard) Accept(context.Context, Envelope, []byte) (string, error) { return "id", nil }

func benchServer(b *testing.B) *desk {
	cfg := testConfig()
	cfg.Trusted = loopback
	s, err := New(cfg, discard{})
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return &desk{Server: s, addr: l.Addr().String()}
}

var benchMail = stuff(bytes.Repeat([]byte(strings.Repeat("b", 76)+"\r\n"), 10240/78))

// BenchmarkAcceptConnection: one connection a message of 10 KB.
func BenchmarkAcceptConnection(b *testing.B) {
	d := benchServer(b)
	b.SetBytes(int64(len(benchMail)))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p := d.greet(b)
			p.begin()
			p.write(benchMail)
			p.want("250")
			p.say("QUIT\r\n", "221")
			p.Close()
		}
	})
}

// BenchmarkAcceptMessage: many messages of 10 KB in a connection.
func BenchmarkAcceptMessage(b *testing.B) {
	d := benchServer(b)
	p := d.greet(b)
	b.SetBytes(int64(len(benchMail)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%200 == 199 {
			p.Close()
			p = d.greet(b)
		}
		p.begin()
		p.write(benchMail)
		p.want("250")
	}
}
