package io.ottla.broker.cli;

import io.ottla.controller.zk.ZooKeeperLauncher;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The command line of {@code zookeeper-server-start.sh}: becomes a ZooKeeper server. */
public final class ZooKeeperServerStart {
    private ZooKeeperServerStart() {}

    /** Blocks while the server runs; ZooKeeper's own main decides the exit status. */
    public static void main(String[] arguments) {
        ConsoleLogging.install();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        StartCommand command = StartCommand.parse(StartCommand.Syntax.ZOOKEEPER, arguments, out, err);
        Path file = command.file();
        if (file == null) {
            System.exit(command.status());
            return;
        }
        try {
            ZooKeeperLauncher.run(file);
        } catch (IllegalArgumentException e) {
            err.println("The ZooKeeper server was not started: " + e.getMessage());
            System.exit(1);
        }
    }
}
