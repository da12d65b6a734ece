package io.ottla.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The client process: one {@link Command} per line in, one {@link Reply} per line out, until the input ends. */
public final class ClientMain {
    private ClientMain() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream replies = System.out;
        // Whatever a library prints must not be taken for a reply.
        System.setOut(System.err);
        Json json = new Json();
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            replies.println(json.write(run(json.read(line, Command.class))));
            replies.flush();
        }
    }

    private static Reply run(Command command) {
        try {
            return new Reply(Loads.of(command.spec()).run(command.processes()), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply(null, "interrupted");
        } catch (Exception e) {
            e.printStackTrace();
            return new Reply(null, e.toString());
        }
    }
}
