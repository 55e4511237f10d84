package send

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// certificate makes a certificate for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// got is what the server was handed.
type got struct {
	helo, from, to, user string
	notify               []smtp.DSNNotify
	size                 int64
	body                 smtp.BodyType
	raw                  []byte
	tls                  bool
}

// backend is a real server's.
type backend struct {
	mu    sync.Mutex
	list  []got
	mechs []string
	login map[string]string
	rcpt  error
}

func (b *backend) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &session{b: b, c: c, got: got{tls: secure}}, nil
}

type session struct {
	b *backend
	c *smtp.Conn
	got
}

func (s *session) AuthMechanisms() []string { return s.b.mechs }

func (s *session) Auth(mech string) (sasl.Server, error) {
	check := func(user, pass string) error {
		if want, ok := s.b.login[user]; !ok || want != pass {
			return smtp.ErrAuthFailed
		}
		s.user = user
		return nil
	}
	if mech == sasl.Plain {
		return sasl.NewPlainServer(func(_, user, pass string) error { return check(user, pass) }), nil
	}
	return &loginServer{check: check}, nil
}

// loginServer speaks AUTH LOGIN, which the library has for clients only.
type loginServer struct {
	check func(user, pass string) error
	user  string
	step  int
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	l.step++
	switch l.step {
	case 1:
		if response == nil {
			return []byte("Username:"), false, nil
		}
		l.step++
		fallthrough
	case 2:
		l.user = string(response)
		return []byte("Password:"), false, nil
	case 3:
		return nil, true, l.check(l.user, string(response))
	}
	return nil, false, errors.New("out of step")
}

func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.helo, s.from, s.size, s.body = s.c.Hostname(), from, o.Size, o.Body
	return nil
}

func (s *session) Rcpt(to string, o *smtp.RcptOptions) error {
	s.to, s.notify = to, o.Notify
	return s.b.rcpt
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.raw = raw
	s.b.mu.Lock()
	defer s.b.mu.Unlock()
	s.b.list = append(s.b.list, s.got)
	return err
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// serve runs a real server on loopback, and gives its address.
func serve(t *testing.T, b *backend, cert *tls.Certificate, implicit bool, change func(*smtp.Server)) string {
	t.Helper()
	s := smtp.NewServer(b)
	s.Domain = "smart.example"
	s.EnableDSN = true
	s.ReadTimeout, s.WriteTimeout = time.Minute, time.Minute
	if cert != nil {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}}
	}
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		l.Close() // Serve may not have begun, and then Close does not know the listener
		<-ended
	})
	return addr
}

func TestSmartHost(t *testing.T) {
	cert, pool := certificate(t)
	other, _ := certificate(t)
	login := map[string]string{"desk": "secret"}
	tests := []struct {
		name     string
		host     SmartHost
		cert     *tls.Certificate
		implicit bool
		mechs    []string
		change   func(*smtp.Server)
		err      error // nil: delivered
		tls      bool
		user     string
	}{
		{name: "in clear", host: SmartHost{TLS: TLSNone}},
		{name: "TLS offered, not asked for", host: SmartHost{TLS: TLSNone}, cert: &cert},
		{name: "opportunistic without offer", host: SmartHost{}},
		{name: "opportunistic", host: SmartHost{}, cert: &cert, tls: true},
		{name: "opportunistic with a certificate nobody knows", host: SmartHost{}, cert: &other, tls: true},
		{name: "required", host: SmartHost{TLS: TLSRequired, CA: pool}, cert: &cert, tls: true},
		{name: "required, not offered", host: SmartHost{TLS: TLSRequired, CA: pool}, err: ErrTLS},
		{name: "required, wrong certificate", host: SmartHost{TLS: TLSRequired, CA: pool}, cert: &other, err: ErrTLS},
		{name: "implicit", host: SmartHost{TLS: TLSImplicit, CA: pool}, cert: &cert, implicit: true, tls: true},
		{name: "implicit, wrong certificate", host: SmartHost{TLS: TLSImplicit, CA: pool}, cert: &other, implicit: true, err: ErrTLS},
		{name: "implicit against a clear server", host: SmartHost{TLS: TLSImplicit, CA: pool}, err: ErrTLS},
		{name: "AUTH PLAIN", host: SmartHost{User: "desk", Password: "secret", CA: pool}, cert: &cert, mechs: []string{"PLAIN", "LOGIN"}, tls: true, user: "desk"},
		{name: "AUTH LOGIN", host: SmartHost{User: "desk", Password: "secret", CA: pool}, cert: &cert, mechs: []string{"LOGIN"}, tls: true, user: "desk"},
		{name: "AUTH over implicit TLS", host: SmartHost{User: "desk", Password: "secret", TLS: TLSImplicit, CA: pool}, cert: &cert, implicit: true, mechs: []string{"PLAIN"}, tls: true, user: "desk"},
		{name: "wrong password", host: SmartHost{User: "desk", Password: "wrong", CA: pool}, cert: &cert, mechs: []string{"PLAIN"}, err: ErrAuth},
		{name: "no mechanism of ours", host: SmartHost{User: "desk", Password: "secret", CA: pool}, cert: &cert, mechs: []string{"GSSAPI"}, err: ErrAuth},
		{name: "password without TLS", host: SmartHost{User: "desk", Password: "secret", TLS: TLSNone}, mechs: []string{"PLAIN"},
			change: func(s *smtp.Server) { s.AllowInsecureAuth = true }, err: ErrTLS},
		{name: "password over unchecked TLS", host: SmartHost{User: "desk", Password: "secret", TLS: TLSOpportunistic}, cert: &cert, mechs: []string{"PLAIN"}, err: ErrAuth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := &backend{mechs: tt.mechs, login: login}
			h := tt.host
			h.Addr = serve(t, b, tt.cert, tt.implicit, tt.change)
			h.Hostname = "mx.desk.example"
			err := h.Send(t.Context(), note())
			if !errors.Is(err, tt.err) || tt.err != nil && Permanent(err) {
				t.Fatalf("Send = %v, want %v and temporary", err, tt.err)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if tt.err != nil {
				if len(b.list) != 0 {
					t.Errorf("delivered nonetheless: %+v", b.list)
				}
				return
			}
			if len(b.list) != 1 {
				t.Fatalf("%d deliveries, want 1", len(b.list))
			}
			g := b.list[0]
			if !bytes.Equal(g.raw, note().Raw) || g.from != "" || g.to != note().To || g.helo != "mx.desk.example" || g.size != int64(len(note().Raw)) {
				t.Errorf("delivered %+v, want the message as it is", g)
			}
			if len(g.notify) != 1 || g.notify[0] != smtp.DSNNotifyNever {
				t.Errorf("NOTIFY = %v, want NEVER", g.notify)
			}
			if g.tls != tt.tls || g.user != tt.user {
				t.Errorf("TLS %v, user %q, want %v, %q", g.tls, g.user, tt.tls, tt.user)
			}
		})
	}
}

func TestSmartHostRefusal(t *testing.T) {
	b := &backend{rcpt: &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such\x1b user"}}
	h := &SmartHost{Addr: serve(t, b, nil, false, nil), Hostname: "mx.desk.example"}
	err := h.Send(t.Context(), note())
	r, ok := errors.AsType[*Refused](err)
	if !ok || r.Code != 550 || r.Stage != stageRcpt || r.Text != "5.1.1 No such? user" || !Permanent(err) {
		t.Errorf("Send = %v, want 550 at rcpt, cleaned", err)
	}
}

func TestSmartHostCheck(t *testing.T) {
	tests := []struct {
		name string
		host SmartHost
		want bool
	}{
		{"good", SmartHost{Addr: "smart.example:587", Hostname: "mx.desk.example"}, true},
		{"no port", SmartHost{Addr: "smart.example", Hostname: "mx.desk.example"}, false},
		{"odd name", SmartHost{Addr: "smart.example:25", Hostname: "mx\r\nRSET"}, false},
		{"no name", SmartHost{Addr: "smart.example:25"}, false},
		{"password in clear", SmartHost{Addr: "smart.example:25", Hostname: "mx", User: "u", TLS: TLSNone}, false},
		{"unknown policy", SmartHost{Addr: "smart.example:25", Hostname: "mx", TLS: "maybe"}, false},
	}
	for _, tt := range tests {
		if err := tt.host.Check(); (err == nil) != tt.want {
			t.Errorf("Check(%s) = %v, want ok %v", tt.name, err, tt.want)
		}
	}
	m := note()
	m.To = `"a> b"@home.example`
	if err := (&SmartHost{Addr: "127.0.0.1:1", Hostname: "mx"}).Send(t.Context(), m); !errors.Is(err, ErrAddress) {
		t.Errorf("Send(quoted) = %v, want ErrAddress before any connection", err)
	}
	if err := (&SmartHost{Addr: "127.0.0.1:1", Hostname: "mx"}).Send(t.Context(), note()); err == nil || Permanent(err) {
		t.Errorf("Send(nobody listens) = %v, want a temporary error", err)
	}
}
