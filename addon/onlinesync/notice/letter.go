package notice

import (
	"html/template"
	"strings"

	"github.com/girosync/girosync/addon/fault"
	"github.com/girosync/girosync/addon/mail"
	"github.com/girosync/girosync/addon/onlinesync/record"
	"github.com/girosync/girosync/addon/orm"
)

// letter is an e-mail to one person.
type letter struct {
	to     *person
	digest bool
	items  []*item
	rows   []int64 // the readers' rows that it serves
}

// enqueue writes a letter into the outbox, and that its notices are told.
func (d *Desk) enqueue(env *orm.Env, l *letter) error {
	e, err := l.email()
	if err != nil {
		return err
	}
	id, err := mail.Enqueue(env, e)
	if err != nil {
		return err
	}
	return env.Write(record.NoticeReaders, l.rows, orm.Values{"state": told, "mail_id": id})
}

// page is a letter as its template gets it.
type page struct {
	Lang, Title, Foot string
	Label             map[string]string
	Notices           []entry
}

// entry is a notice in a letter.
type entry struct {
	words
	Connection, Company, Reference, At string
	URL                                string
}

// email writes a letter in its reader's language.
func (l *letter) email() (mail.Email, error) {
	lang := l.to.choice.lang
	p := page{Lang: "en", Label: labels(lang), Foot: record.SayIn(lang, "notice.mail.foot", nil)}
	if strings.HasPrefix(lang, "nl") {
		p.Lang = "nl"
	}
	for _, it := range l.items {
		e := entry{words: it.words(lang), Connection: plain(it.connection), Company: plain(it.companyIs), Reference: it.reference,
			At: it.at.UTC().Format("2006-01-02 15:04 MST"), URL: it.url}
		p.Notices = append(p.Notices, e)
	}
	p.Title = p.Notices[0].Subject
	if len(p.Notices) > 1 {
		p.Title = record.SayIn(lang, "notice.mail.digest", fault.Args{"count": len(p.Notices)})
	}
	var b strings.Builder
	if err := markup.Execute(&b, p); err != nil {
		return mail.Email{}, fault.Wrap(err, "e-mail of notices to user", l.to.id)
	}
	return mail.Email{To: l.to.email, Subject: p.Title, Text: p.text(), HTML: b.String()}, nil
}

// text is the plain part.
func (p *page) text() string {
	var b strings.Builder
	if len(p.Notices) > 1 {
		b.WriteString(p.Title + "\n\n")
	}
	for i, n := range p.Notices {
		if i > 0 {
			b.WriteString("\n----------------------------------------\n\n")
		}
		b.WriteString(n.Subject + "\n\n")
		for _, row := range [][2]string{{"what", n.What}, {"who", n.Who}, {"next", n.Next}, {"connection", n.Connection},
			{"company", n.Company}, {"at", n.At}, {"reference", n.Reference}, {"open", n.URL}} {
			if row[1] != "" {
				b.WriteString(p.Label[row[0]] + ": " + row[1] + "\n")
			}
		}
	}
	b.WriteString("\n-- \n" + p.Foot + "\n")
	return b.String()
}

// markup is the part with markup: one column, no image, nothing from outside.
var markup = template.Must(template.New("notice").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><title>{{.Title}}</title></head>
<body style="font-family:sans-serif;max-width:40em;line-height:1.4">
{{- if gt (len .Notices) 1}}<h1 style="font-size:1.3em">{{.Title}}</h1>{{end}}
{{- range .Notices}}
<h2 style="font-size:1.15em">{{.Subject}}</h2>
<p>{{.What}}</p>
<p><strong>{{$.Label.who}}:</strong> {{.Who}}<br><strong>{{$.Label.next}}:</strong> {{.Next}}</p>
<p style="color:#555">{{$.Label.connection}}: {{.Connection}}<br>{{$.Label.company}}: {{.Company}}<br>{{$.Label.at}}: {{.At}}
{{- if .Reference}}<br>{{$.Label.reference}}: {{.Reference}}{{end}}</p>
<p><a href="{{.URL}}">{{$.Label.open}}</a></p>
{{- end}}
<hr><p style="color:#777;font-size:.85em">{{.Foot}}</p>
</body></html>
`))
