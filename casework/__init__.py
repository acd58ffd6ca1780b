"""Cases: consultations, intakes and enquiries, their rules and services. Pure: no SQL, no Rasa, no clock."""
