import ArgumentParser

@main
struct Caption: AsyncParsableCommand {
}
