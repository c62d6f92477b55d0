"""The grid on which minutes are compared, so that ties go to the lower office_id everywhere."""

TIE_DECIMALS = 6
