internal import Foundation

/// The system's words for one of its error numbers (errno.h).
package func systemReason(_ number: Int32) -> String { String(cString: strerror(number)) }

/// The number of the error that the last call of the system ended in.
package var lastSystemError: Int32 { errno }
