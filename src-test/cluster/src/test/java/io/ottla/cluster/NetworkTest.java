package io.ottla.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ottla.process.Command;
import io.ottla.process.Host;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Goal: a cut is a cut, in its direction only. Method: datagrams between two namespaces. */
@ResourceLock(Network.OF_THIS_PROCESS)
class NetworkTest {
    private static final String RECEIVE = "import socket,sys; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); "
            + "s.bind(('0.0.0.0',7)); s.settimeout(60); print('bound',flush=True); print(s.recv(9).decode())";
    private static final String SEND =
            "import socket; socket.socket(socket.AF_INET,socket.SOCK_DGRAM).sendto(b'%s',('%s',7))";

    @Test
    void cutsAndHealsEachDirectionOnItsOwn() throws Exception {
        assumeTrue(Network.hindrance().isEmpty(), Network.hindrance());
        try (Network network = Network.create(2)) {
            Host one = network.host(0);
            Host other = network.host(1);
            assertThat(reaches(one, other)).isTrue();
            assertThat(reaches(other, one)).isTrue();
            network.cutOneWay(one, other);
            assertThat(reaches(one, other)).isFalse();
            assertThat(reaches(other, one)).isTrue();
            network.cut(one, other);
            assertThat(reaches(one, other)).isFalse();
            assertThat(reaches(other, one)).isFalse();
            network.heal();
            assertThat(reaches(one, other)).isTrue();
            assertThat(reaches(other, one)).isTrue();
            assertThat(reaches(Host.LOOPBACK, other))
                    .as("this machine reaches a server")
                    .isTrue();
        }
        assertThat(Command.run("ip", "netns", "list").output())
                .doesNotContain("ott" + ProcessHandle.current().pid() % 100_000 + "r");
    }

    private static boolean reaches(Host from, Host to) throws Exception {
        Process receiver = new ProcessBuilder(command(to, RECEIVE)).start();
        try (var output = receiver.inputReader()) {
            assertThat(output.readLine()).isEqualTo("bound");
            send(from, to, "word");
            // Always arrives, and comes after what has arrived before.
            send(to, to, "end");
            String first = output.readLine();
            assertThat(first).isIn("word", "end");
            return first.equals("word");
        } finally {
            receiver.destroyForcibly();
        }
    }

    private static void send(Host from, Host to, String word) {
        Command sent = Command.run("", command(from, SEND.formatted(word, to.address())));
        assertThat(sent.exitCode()).as(sent.output()).isZero();
    }

    private static List<String> command(Host host, String program) {
        List<String> command = new ArrayList<>(host.prefix());
        command.addAll(List.of("/usr/bin/python3", "-c", program));
        return command;
    }
}
