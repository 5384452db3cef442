package servertest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"net"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// MailServer takes e-mail on this machine and keeps it.
type MailServer struct {
	Port int
	// CAFile holds the certificate under which it offers STARTTLS.
	CAFile string

	mu     sync.Mutex
	mails  []Received
	answer func(verb, line string) string
	secure *tls.Config
}

// Received is an e-mail as it came.
type Received struct {
	From, To string // of the envelope
	Data     string
	User     string // who logged in; "" for nobody
	Secure   bool
}

// Header is a header of an e-mail; "" where it has none or is none.
func (r Received) Header(name string) string {
	m, err := mail.ReadMessage(strings.NewReader(r.Data))
	if err != nil {
		return ""
	}
	return m.Header.Get(name)
}

// HangUp as an answer ends the connection.
const HangUp = "hang up"

// ServeMail starts a mail server that lives as long as the test.
func ServeMail(t testing.TB) *MailServer {
	t.Helper()
	site := httptest.NewTLSServer(nil) // for its certificate, which holds for 127.0.0.1
	site.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &MailServer{Port: listener.Addr().(*net.TCPAddr).Port, CAFile: filepath.Join(t.TempDir(), "ca.pem"),
		secure: &tls.Config{Certificates: site.TLS.Certificates}}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw})
	if err := os.WriteFile(s.CAFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var talks sync.WaitGroup
	var open sync.Map
	talks.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			open.Store(conn, true)
			talks.Go(func() { defer open.Delete(conn); defer conn.Close(); s.talk(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		open.Range(func(conn, _ any) bool { conn.(net.Conn).Close(); return true })
		talks.Wait()
	})
	return s
}

// Answer makes the server answer otherwise than it would: what f returns for a
// command, "" for the usual. The verb "." is the end of an e-mail's data.
func (s *MailServer) Answer(f func(verb, line string) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// Mails are those that were taken.
func (s *MailServer) Mails() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.mails...)
}

// usual are the answers of a server that takes everything.
var usual = map[string]string{"HELO": "250 ok", "EHLO": "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STARTTLS": "220 go",
	"AUTH": "235 ok", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", ".": "250 taken", "RSET": "250 ok", "NOOP": "250 ok",
	"QUIT": "221 bye"}

func (s *MailServer) reply(verb, line string) string {
	s.mu.Lock()
	f := s.answer
	s.mu.Unlock()
	if f != nil {
		if said := f(verb, line); said != "" {
			return said
		}
	}
	if said, ok := usual[verb]; ok {
		return said
	}
	return "502 unknown"
}

// talk serves one client.
func (s *MailServer) talk(conn net.Conn) {
	lines := bufio.NewReader(conn)
	say := func(text string) bool {
		if text == HangUp {
			return false
		}
		_, err := conn.Write([]byte(text + "\r\n"))
		return err == nil
	}
	if !say("220 here") {
		return
	}
	var r Received
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		verb = strings.ToUpper(verb)
		said := s.reply(verb, line)
		if !say(said) {
			return
		}
		if said[0] > '3' {
			continue
		}
		switch verb {
		case "STARTTLS":
			secured := tls.Server(conn, s.secure)
			if secured.Handshake() != nil {
				return
			}
			conn, lines, r.Secure = secured, bufio.NewReader(secured), true
		case "AUTH":
			proof, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			r.User = strings.ReplaceAll(strings.TrimPrefix(string(proof), "\x00"), "\x00", ":")
		case "MAIL":
			r.From = between(rest)
		case "RCPT":
			r.To = between(rest)
		case "DATA":
			if r.Data, err = data(lines); err != nil {
				return
			}
			said := s.reply(".", "")
			if said[0] == '2' {
				s.mu.Lock()
				s.mails = append(s.mails, r)
				s.mu.Unlock()
			}
			if !say(said) {
				return
			}
		}
	}
}

// data reads up to the line with a dot alone.
func data(lines *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == ".\r\n" {
			return b.String(), nil
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
}

func between(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}
