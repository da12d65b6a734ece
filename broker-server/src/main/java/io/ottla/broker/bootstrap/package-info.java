/**
 * Builds a broker from its parts and ends it again: the only place that wires, and one of the few that may touch the real
 * clock, threads and file system. {@link io.ottla.broker.bootstrap.BrokerCore} wires over {@link
 * io.ottla.broker.bootstrap.BrokerPorts}, which a simulation fills as a process does; {@link
 * io.ottla.broker.bootstrap.BrokerAssembly} owns everything it has built until the {@link io.ottla.broker.bootstrap.Broker}
 * takes it over.
 */
@NullMarked
package io.ottla.broker.bootstrap;

import org.jspecify.annotations.NullMarked;
