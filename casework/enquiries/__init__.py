"""A question left for the office, and its reply."""

from casework.enquiries.model import Enquiry, EnquiryState
from casework.enquiries.service import EnquiryService

__all__ = ["Enquiry", "EnquiryService", "EnquiryState"]
