package io.ottla.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ottla.check.ProducerHistory;
import io.ottla.process.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;

/** An idempotent librdkafka producer, in a Python process that prints what it does. */
final class PythonWriter implements Writer {
    private static final String PYTHON = "/usr/bin/python3";
    private static final Duration END_LIMIT = Duration.ofSeconds(160);

    private final List<String> command;
    private final ProducerHistory history;
    private final IntConsumer onAcknowledged;
    private final Thread listener;
    private Process process;

    PythonWriter(
            String bootstrap,
            String topic,
            int partitions,
            long pauseMs,
            ProducerHistory history,
            IntConsumer onAcknowledged) {
        Path script = Path.of(System.getProperty("cluster.scripts", "src/test/python"), "writer.py");
        this.command = List.of(
                PYTHON,
                script.toString(),
                bootstrap,
                topic,
                Integer.toString(partitions),
                history.producer(),
                Long.toString(pauseMs));
        this.history = history;
        this.onAcknowledged = onAcknowledged;
        this.listener = new Thread(this::listen, history.producer());
    }

    /** True where the machine has what it needs. */
    static boolean available() {
        return Command.run("sh", "-c", PYTHON + " -c 'import confluent_kafka'").exitCode() == 0;
    }

    @Override
    public void start() {
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            listener.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            Threads.join(listener, END_LIMIT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private void listen() {
        try (BufferedReader events = process.inputReader(UTF_8)) {
            for (String event = events.readLine(); event != null; event = events.readLine()) {
                record(event.split(" ", 4));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void record(String[] event) {
        int partition = Integer.parseInt(event[1]);
        long sequence = Long.parseLong(event[2]);
        switch (event[0]) {
            case "a" -> {
                long own = history.attempted(partition);
                if (own != sequence) {
                    throw new IllegalStateException("sequence " + sequence + " where " + own + " is due");
                }
            }
            case "k" -> {
                history.acknowledged(partition, sequence, Long.parseLong(event[3]));
                onAcknowledged.accept(partition);
            }
            case "f" -> history.failed(partition, sequence, event[3]);
            default -> throw new IllegalStateException("unknown event " + event[0]);
        }
    }
}
