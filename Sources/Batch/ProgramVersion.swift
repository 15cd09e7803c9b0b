/// The version of this program, by which what it writes is marked.
package let programVersion = "0.1.0"
