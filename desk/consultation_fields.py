"""The fields of the booking form, in the order in which they are asked for."""

FORM = "consultation_form"
FIELDS = ("c_problem", "c_right", "c_region", "c_mode", "c_time", "c_consent", "c_name", "c_phone", "c_email", "c_review")
MEMORY = ("c_offered", "c_when", "c_language", "c_tries")  # beside the fields: what was offered, wished, how often asked
PERSONAL = ("c_name", "c_phone", "c_email")
CONSENT_VERSION = "consultation-1"
