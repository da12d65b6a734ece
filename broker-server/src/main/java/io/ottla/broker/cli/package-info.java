/**
 * The command lines: from arguments to a running broker or ZooKeeper server, and from there to an exit status.
 *
 * <p>Everything here runs on the main thread, except the shutdown hook. Start-up time is a promise to users, so the
 * command line is declared without annotations, which would be read by reflection, and logging is set up in code
 * unless the operator names a file. This package does not know what a broker is made of: {@code bootstrap} hands it
 * a {@link io.ottla.broker.cli.BrokerLauncher}.
 */
@NullMarked
package io.ottla.broker.cli;

import org.jspecify.annotations.NullMarked;
