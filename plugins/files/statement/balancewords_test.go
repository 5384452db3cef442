package statement_test

import (
	"testing"

	"github.com/girosync/girosync/plugins/files/statement"
)

func TestTells(t *testing.T) {
	tests := map[string]statement.Telling{
		"Saldo Anterior": statement.AnOpening, "SALDO ANTERIOR 31/12/2023": statement.AnOpening, "Solde précédent": statement.AnOpening,
		"Eröffnungssaldo": statement.AnOpening, "Ingående saldo": statement.AnOpening, "opening  balance.": statement.AnOpening,
		"Saldo do dia": statement.ABalance, "S A L D O": statement.ABalance, "SALDO TOTAL DISPONÍVEL DIA": statement.ABalance,
		"Balance carried forward 1.234,56": statement.ABalance, "2024 Kontostand": statement.ABalance,
		"Total de Créditos": statement.ATurnover, "Totaal bij": statement.ATurnover,
		"Saldo anterior Loja": statement.AMovement, "New Balance shoes": statement.AMovement,
		"Pix - Enviado": statement.AMovement, "": statement.AMovement,
		"12345": statement.AMovement, "Saldoausgleich": statement.AMovement, "Total Energies": statement.AMovement,
	}
	for text, want := range tests {
		if got := statement.Tells(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

func TestSum(t *testing.T) {
	var s statement.Sum
	for _, text := range []string{"12.34", "-0.3401", "100000000000000000.00", "-100000000000000000", "3"} {
		a, err := statement.ParseAmount(text)
		if err != nil {
			t.Fatal(err)
		}
		s.Add(a)
	}
	if s.String() != "14.9999" || !s.Is("14.99990") || s.Is("15.00") {
		t.Errorf("sum %s", &s)
	}
	s.AddSigned("0.0000000001", false)
	if s.String() != "14.9999000001" {
		t.Errorf("sum %s", &s)
	}
	for range 20 {
		s.AddSigned("99999999999999", true)
	}
	if s.String() != "-1999999999999965.0000999999" {
		t.Errorf("sum %s", &s)
	}
}
