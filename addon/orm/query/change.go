package query

import "github.com/girosync/girosync/addon/orm/schema"

// Update writes the statement that sets columns of the records in ids. The
// arguments of the columns, made by Dialect.Arg, come first; the statement's
// own Args, which name the records, follow them.
func (c *Compiler) Update(m *schema.Model, columns []string, ids []int64) Statement {
	d := c.Dialect
	b := append(make([]byte, 0, 128), "UPDATE "...)
	b = append(b, d.Quote(m.Table)...)
	for i, column := range columns {
		if i == 0 {
			b = append(b, " SET "...)
		} else {
			b = append(b, ", "...)
		}
		b = append(b, d.Quote(column)...)
		b = append(b, " = "...)
		b = append(b, d.Placeholder(i+1)...)
	}
	b = append(b, " WHERE "...)
	sql, args := d.InIDs(d.Quote("id"), ids, make([]any, len(columns), len(columns)+len(ids)))
	return Statement{SQL: string(append(b, sql...)), Args: args[len(columns):]}
}

// Delete writes the statement that deletes records.
func (c *Compiler) Delete(m *schema.Model, ids []int64) Statement {
	sql, args := c.Dialect.InIDs(c.Dialect.Quote("id"), ids, nil)
	return Statement{SQL: "DELETE FROM " + c.Dialect.Quote(m.Table) + " WHERE " + sql, Args: args}
}

// Links writes the statement that reads a many2many's links of ids: columns
// owner and other, ascending.
func (c *Compiler) Links(f *schema.Field, ids []int64) Statement {
	d := c.Dialect
	owner, other := d.Quote(f.RelColumn), d.Quote(f.RelOther)
	sql, args := d.InIDs(owner, ids, nil)
	return Statement{
		SQL:     "SELECT " + owner + ", " + other + " FROM " + d.Quote(f.RelTable) + " WHERE " + sql + " ORDER BY " + owner + ", " + other,
		Args:    args,
		Columns: []*schema.Field{&idField, &idField},
	}
}

// Link writes the statement that links one pair, doing nothing when it is
// linked already: arguments owner, other.
func (c *Compiler) Link(f *schema.Field) Statement {
	d := c.Dialect
	return Statement{SQL: "INSERT INTO " + d.Quote(f.RelTable) + " (" + d.Quote(f.RelColumn) + ", " + d.Quote(f.RelOther) + ") VALUES (" +
		d.Placeholder(1) + ", " + d.Placeholder(2) + ") ON CONFLICT DO NOTHING"}
}

// Unlink writes the statement that removes links of owners: those to others,
// or all when others is nil.
func (c *Compiler) Unlink(f *schema.Field, owners, others []int64) Statement {
	d := c.Dialect
	sql, args := d.InIDs(d.Quote(f.RelColumn), owners, nil)
	text := "DELETE FROM " + d.Quote(f.RelTable) + " WHERE " + sql
	if others != nil {
		sql, args = d.InIDs(d.Quote(f.RelOther), others, args)
		text += " AND " + sql
	}
	return Statement{SQL: text, Args: args}
}
